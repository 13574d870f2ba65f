// What is written of a store whose beginning has been dropped knows who was connected before.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { exportRange } from "../../src/session/export-range.ts";
import { Forgotten } from "../../src/session/forgotten.ts";
import { readTrace, traceFor } from "../../src/session/read-trace.ts";
import { EventRing } from "../../src/store/ring.ts";
import { DemoSession } from "./demo-session.ts";

const isOpen = ({ endedAt }: Endpoint) => endedAt === null;
const storyOf = ({ tuple, bornAt, state, owner, phases, unread }: Endpoint) => ({
  tuple,
  bornAt,
  state,
  owner,
  unread,
  phases: phases.map((phase) => [phase.state, phase.from, phase.to]),
});
const stories = (endpoints: Iterable<Endpoint>) =>
  [...endpoints]
    .filter(isOpen)
    .map(storyOf)
    .sort((a, b) => a.bornAt - b.bornAt || a.tuple.localPort - b.tuple.localPort);

test("a window of a store without its beginning tells of each open connection from its own", async () => {
  const directory = mkdtempSync(join(tmpdir(), "lastack-forgotten-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const { events, header } = await DemoSession.open();
  const newTrace = () => traceFor(header, {});
  const forgotten = new Forgotten(newTrace);
  const store = new EventRing({ maxBytes: 1 << 28, maxEvents: 800 }, { onDrop: forgotten.take });
  const whole = newTrace();
  for (const event of events) {
    store.push(event);
    whole.step(event);
  }
  const toNs = store.newestNs;
  whole.advance(toNs);
  const oldestNs = store.oldestNs ?? 0;
  const open = stories(whole.endpoints());
  expect(store.oldest).toBeGreaterThan(1000);
  expect(open.filter(({ bornAt }) => bornAt < oldestNs).length).toBeGreaterThan(20);

  const path = join(directory, "window.ndjson");
  await exportRange({ store, header, newTrace, forgotten }, path, { fromNs: oldestNs, toNs });
  const { trace, header: written } = await readTrace(path);
  expect(stories(trace.endpoints())).toEqual(open);
  expect(written.slice?.from).toBe(oldestNs);

  const without = join(directory, "without.ndjson");
  await exportRange({ store, header, newTrace }, without, { fromNs: oldestNs, toNs });
  expect(stories((await readTrace(without)).trace.endpoints())).not.toEqual(open);
});
