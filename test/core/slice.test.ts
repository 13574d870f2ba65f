/** A slice of a recording tells, alone, the same stories as the whole. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { DetailEvent } from "../../src/event/detail.ts";
import type { GapEvent } from "../../src/event/trace-event.ts";
import { readRecording } from "../../src/store/recording-reader.ts";
import { cut, expectSameFindings, expectSameStories, type Whole } from "./cutting.ts";
import { findingOf, nameOf } from "./stories.ts";

const SECOND = 1e9;
const RECORDINGS = fileURLToPath(new URL("../recordings/", import.meta.url));

async function read(name: string): Promise<Whole> {
  const { header, events, end } = await readRecording(RECORDINGS + name);
  const all = [];
  for await (const batch of events) all.push(...batch);
  const { sysctls, probes } = header;
  const options = { sysctls, seesMiniEnd: probes.includes("time_wait_end"), maxEnded: 1e6 };
  return { events: all, endNs: end().lastNs, options };
}

/** Parts of its length: the whole, the beginning, the middle, a moment, the end. */
const WINDOWS = [
  [0, 1],
  [0, 0.3],
  [0.2, 0.4],
  [0.4, 0.41],
  [0.5, 0.5],
  [0.7, 1],
] as const;

const MADE = readdirSync(`${RECORDINGS}detectors`).flatMap((kind) =>
  readdirSync(`${RECORDINGS}detectors/${kind}`).map((file) => `detectors/${kind}/${file}`),
);

test.each(["demo.ndjson", ...MADE])("any window of %s", async (name) => {
  const whole = await read(name);
  for (const [from, to] of WINDOWS) {
    const made = cut(whole, {
      fromNs: Math.floor(whole.endNs * from),
      toNs: Math.floor(whole.endNs * to),
    });
    expectSameStories(made);
    expectSameFindings(made);
  }
});

describe("of a captured recording", async () => {
  const whole = await read("demo.ndjson");
  const all = cut(whole, {}).before;

  test("any endpoint, with its peer", () => {
    const ids = [...all.endpoints()].map(({ id }) => id).filter((_, i) => i % 10 === 0);
    expect(ids.length).toBeGreaterThan(20);
    for (const id of ids) {
      const made = cut(whole, { endpoints: [id] });
      expectSameStories(made);
      expect(made.events.length).toBeLessThan(whole.events.length / 4);
      const { peer } = all.endpoint(id) ?? {};
      if (peer) expect([...made.plan.ids]).toContain(peer.id);
    }
  });

  test("any finding, word for word", () => {
    const findings = all.findings().filter(({ kind }) => kind !== "incomplete-trace");
    expect(findings.length).toBeGreaterThan(5);
    for (const finding of findings) {
      const made = cut(whole, { findings: [finding.id] });
      expectSameStories(made);
      const found = made.after.findings().map((each) => findingOf(each, made.after));
      expect(found).toContainEqual(findingOf(finding, all));
    }
  });

  test("no event of another endpoint", () => {
    const [finding] = all.findings();
    const made = cut(whole, { findings: [finding?.id ?? ""], fromNs: whole.endNs / 2 });
    const known = new Set([...made.after.endpoints()].map(nameOf));
    const chosen = [...made.plan.ids].map((id) => nameOf(all.endpoint(id) as never));
    expect(known).toEqual(new Set(chosen));
    const kept = new Set(made.events);
    const processes = whole.events.filter((event) => event.type === "process");
    expect(processes.some((event) => !kept.has(event))).toBe(true);
    expect(processes.some((event) => kept.has(event))).toBe(true);
  });
});

test("a window has the detail of that time, also where bpftrace was started again before", () => {
  const gap = (from: number, t: number, cause: GapEvent["cause"]): GapEvent => ({
    ...{ type: "gap", count: null, from: from * SECOND, t: t * SECOND, cause },
  });
  const detail = (t: number): DetailEvent => ({
    ...{ type: "detail", t: t * SECOND, cpu: 0, seq: t, detail: "summary" },
    ...{ cause: "changes", figure: 9000 },
  });
  const events = [gap(1, 2, "lost"), detail(10), gap(20, 21, "restart"), gap(30, 31, "lost")];
  const whole = { events, endNs: 1000 * SECOND };
  for (const fromNs of [0, 15, 900].map((each) => each * SECOND)) {
    const { before, after, events: carried } = cut(whole, { fromNs });
    expect(before.detail).toBeNull();
    expect(after.detail).toEqual(before.detail);
    expect(carried.includes(events[3] as GapEvent)).toBe(fromNs < 31 * SECOND);
  }
  const again = cut({ events: [...events, detail(40)], endNs: whole.endNs }, { fromNs: 9e11 });
  expect(again.after.detail).toEqual(detail(40));
});
