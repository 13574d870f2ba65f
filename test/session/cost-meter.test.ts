/** The meter over made-up figures of the kernel. */
import { expect, test } from "vitest";
import type { ProcessUsage } from "../../src/host/process-usage.ts";
import { CostMeter } from "../../src/session/cost-meter.ts";

const BPFTRACE = 4711;

function meterOver(usage: Map<number, ProcessUsage>) {
  const clock = { nowMs: 0 };
  const meter = new CostMeter({ nowMs: () => clock.nowMs, usage: (pid) => usage.get(pid) ?? null });
  const at = (ms: number, own: number, probe: number | null, pid = BPFTRACE) => {
    clock.nowMs = ms;
    usage.set(process.pid, { cpuMs: own, memoryBytes: 1000 });
    if (probe === null) usage.delete(pid);
    else usage.set(pid, { cpuMs: probe, memoryBytes: 2000 });
    return meter.cost(probe === null ? null : pid);
  };
  return at;
}

test("there is nothing to tell before a second look", () => {
  const at = meterOver(new Map());
  expect(at(0, 100, 50)).toBeNull();
  expect(at(500, 200, 90)).toBeNull();
});

test("shares of a core over the window", () => {
  const at = meterOver(new Map());
  at(0, 100, 50);
  expect(at(2000, 300, 150)).toEqual({
    cpu: 0.1,
    memoryBytes: 1000,
    probe: { cpu: 0.05, memoryBytes: 2000 },
  });
  // Over four seconds back the first look no longer counts.
  at(3500, 300, 150);
  expect(at(6000, 500, 150)?.cpu).toBeCloseTo(200 / 4000);
});

test("another bpftrace begins anew, and one that is gone costs nothing", () => {
  const at = meterOver(new Map());
  at(0, 0, 1000);
  expect(at(1000, 0, 10, 4712)?.probe).toBeNull();
  expect(at(2000, 0, 20, 4712)?.probe?.cpu).toBeCloseTo(0.01);
  expect(at(3000, 0, null)?.probe).toBeNull();
});
