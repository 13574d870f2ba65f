/** Who holds which socket. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import type { OwnerEvent } from "../../src/event/trace-event.ts";
import {
  DescriptorScanner,
  type DescriptorScanOptions,
  type DescriptorScanSummary,
} from "../../src/host/fd-scan.ts";
import { startChild } from "./start-child.ts";

const MANY = new URL("fixtures/many-sockets.mjs", import.meta.url).pathname;
const WAIT = 'console.log("ready"); process.stdin.on("end", () => process.exit()).resume();';

async function scan(scanner: DescriptorScanner, options: DescriptorScanOptions) {
  const events: OwnerEvent[] = [];
  const batches = scanner.scan(options);
  for (;;) {
    const step = await batches.next();
    if (step.done) return { events, summary: step.value as DescriptorScanSummary };
    events.push(...step.value);
  }
}

async function withInheritedSocket(
  work: (inode: number, childPid: number, fd: number) => Promise<void>,
): Promise<void> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as { port: number }).port, "127.0.0.1");
  const [accepted] = (await once(server, "connection")) as [Socket];
  const child = await startChild(process.execPath, ["-e", WAIT], [client]);
  try {
    const { events } = await scan(new DescriptorScanner(), { now: () => 1 });
    const inode = events.find(({ pid, fds }) => pid === child.pid && fds.includes(3))?.inode;
    expect(inode).toBeDefined();
    await work(inode ?? -1, child.pid, 3);
  } finally {
    await child.stop();
    client.destroy();
    accepted.destroy();
    server.close();
  }
}

test("every holder of an inherited socket is named, with its descriptors and start", async () => {
  await withInheritedSocket(async (inode, childPid, fd) => {
    const wanted = new Set([inode]);
    const { events, summary } = await scan(new DescriptorScanner(), { wanted, now: () => 9 });
    expect(events.map(({ pid }) => pid).sort()).toEqual([childPid, process.pid].sort());
    const held = events.find(({ pid }) => pid === childPid);
    expect(held).toMatchObject({ type: "owner", t: 9, inode, fds: [fd], scan: 1 });
    expect(held?.startTicks).toBeGreaterThan(0);
    expect(summary.holders).toBe(2);
  });
});

test("who held sockets before is asked first", async () => {
  await withInheritedSocket(async (inode, childPid) => {
    const scanner = new DescriptorScanner();
    const wanted = new Set([inode]);
    await scan(scanner, { wanted, now: () => 1 });
    const first = await scanner.scan({ now: () => 2 }).next();
    const [event] = first.value as OwnerEvent[];
    expect([childPid, process.pid]).toContain(event?.pid);
    expect(event?.scan).toBe(2);
  });
});

test("a process that ends before its turn is left out in silence", async () => {
  const child = await startChild(process.execPath, [MANY, "50"]);
  const scanner = new DescriptorScanner();
  const before = await scan(scanner, { now: () => 1 });
  expect(before.events.filter(({ pid }) => pid === child.pid).length).toBeGreaterThan(49);
  await child.stop();
  const after = await scan(scanner, { now: () => 2 });
  expect(after.events.some(({ pid }) => pid === child.pid)).toBe(false);
});

test("a cancelled scan stops with the reason", async () => {
  const controller = new AbortController();
  controller.abort(new Error("enough"));
  const work = scan(new DescriptorScanner(), { now: () => 1, signal: controller.signal });
  await expect(work).rejects.toThrow("enough");
});

test("10,000 sockets of one process are found while the event loop goes on turning", async (ctx) => {
  const child = await startChild(process.execPath, [MANY, "10000"]);
  try {
    if (Number(child.firstLine) < 10_000) ctx.skip("the descriptor limit is below 10,000");
    const scanner = new DescriptorScanner();
    await scan(scanner, { now: () => 1 });
    const gaps: number[] = [];
    let last = performance.now();
    let isOn = true;
    const turn = () => {
      gaps.push(performance.now() - last);
      last = performance.now();
      if (isOn) setImmediate(turn);
    };
    setImmediate(turn);
    const start = performance.now();
    const { events } = await scan(scanner, { now: () => 1 });
    isOn = false;
    const ms = performance.now() - start;
    expect(events.filter(({ pid }) => pid === child.pid).length).toBeGreaterThanOrEqual(10_000);
    await ctx.annotate(`scan ${ms.toFixed(0)} ms, longest gap ${Math.max(...gaps).toFixed(1)} ms`);
    expect(gaps.length).toBeGreaterThan(20);
  } finally {
    await child.stop();
  }
}, 180_000);
