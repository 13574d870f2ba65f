/** What screens ask of a trace beside endpoints: ports and their forecast, the log, trends. */
import { expect, test } from "vitest";
import { Trace } from "../../src/core/fold.ts";
import { recorded } from "./detectors/recorded.ts";
import { world } from "./world.ts";

test("the ports of every destination, with the forecast of the finding", async () => {
  const { trace } = await recorded("port-exhaustion/fires-forecast");
  const { destinations } = trace.ports();
  const finding = trace.findings().find(({ kind }) => kind === "port-exhaustion");
  const found = destinations.find(
    ({ remote, remotePort }) => `${remote}:${remotePort}` === finding?.subject.remote,
  );
  expect(found).toBe(destinations[0]);
  expect(found?.used).toBeGreaterThan(1);
  expect(found?.used).toBeLessThanOrEqual(found?.ports ?? 0);
});

test("mini-sockets of connections that came in count at their listener, each once", () => {
  const trace = new Trace();
  let most = 0;
  for (const [i, event] of world(11, 150).entries()) {
    trace.step(event);
    if (i % 50 !== 0) continue;
    let minis = 0;
    for (const each of trace.endpoints()) {
      if (each.isMini && each.endedAt === null && !each.ports) minis++;
    }
    const told = trace.ports().listeners.reduce((sum, { waiting }) => sum + waiting, 0);
    expect(told).toBe(minis);
    most = Math.max(most, told);
  }
  expect(most).toBeGreaterThan(10);
});

test("the log holds what happened, the newest first, each event under its own number", () => {
  const events = world(5, 200);
  const trace = new Trace();
  for (const event of events) trace.step(event);
  const log = trace.recentEvents(2000);
  const told = events.filter(({ type }) =>
    /^(transition|retransmit|reset|mini-segment|mini-end|gap)$/.test(type),
  );
  expect(log.map(({ event }) => event)).toEqual(told.slice(-1000).reverse());
  expect(log[0]?.no).toBe(told.length);
  expect(log.at(-1)?.no).toBe(Math.max(1, told.length - 999));
});

test("a finding's trend goes as its count goes", async () => {
  const { trace } = await recorded("stuck-close-wait/fires-drained");
  expect(trace.findings()).not.toHaveLength(0);
  for (const { id, count } of trace.findings()) {
    const trend = trace.trend(id);
    expect(trend.length).toBeGreaterThan(0);
    expect(Math.max(...trend)).toBeLessThanOrEqual(count);
  }
  expect(trace.trend("f0")).toEqual([]);
});
