/** The order that a live run saw is the order that every replay of its recording sees. */
import { expect, test } from "vitest";
import { OrderWindow } from "../../src/event/order.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { startWriter } from "../../src/store/create-recording.ts";
import { FOOTER, HEADER, transitionAt } from "../event/sample-events.ts";
import { type Chance, seeded } from "../event/seeded.ts";
import { FakeDisk } from "./fake-disk.ts";
import { scan } from "./scan.ts";

/** Events of four CPUs, most of them up to 200 ms late, a few by seconds. */
function arrivals(chance: Chance): TraceEvent[] {
  return Array.from({ length: 4000 }, (_, seq) => {
    const delay = chance(100) === 0 ? chance(5e9) : chance(200e6);
    return transitionAt(seq * 1e6 - delay, seq);
  });
}

async function record(events: readonly TraceEvent[]): Promise<FakeDisk> {
  const disk = new FakeDisk();
  const writer = await startWriter(disk, HEADER, { label: "r" });
  for (const event of events) writer.write(event);
  await writer.close(FOOTER);
  return disk;
}

test.each([1, 2, 3, 4, 5])("live, replay and the replay of a copy agree, seed %i", async (seed) => {
  const live: TraceEvent[] = [];
  const window = new OrderWindow();
  for (const event of arrivals(seeded(seed))) window.push(event, (it) => live.push(it));
  window.flush((it) => live.push(it));
  expect(live.length).toBe(4000);
  expect(live.filter((event) => Reflect.get(event, "late")).length).toBeGreaterThan(10);

  const recording = await record(live);
  const replay = scan(recording.content);
  expect(replay.events).toEqual(live);
  expect((await record(replay.events)).content.equals(recording.content)).toBe(true);
});
