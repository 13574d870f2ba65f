/** Recordings as text: a whole one, and what may go wrong with it. */

import type { TraceEvent } from "../../src/event/trace-event.ts";
import { peerOf, Story, sock } from "../core/story.ts";
import { FOOTER, HEADER } from "../event/sample-events.ts";

/** A client and its server close, and another server's peer waits for it in CLOSE_WAIT. */
export function sampleEvents(): TraceEvent[] {
  const client = sock({ sk: "ffff888100000040" });
  const server = peerOf(client, { sk: "ffff888100000080" });
  const stuck = peerOf(client, { sk: "ffff8881000000c0", localPort: 8080 });
  const story = new Story();
  story.at(100).connect(client).at(100.2).accept(server).at(100.4).accept(stuck, 300, "stuck app");
  story.at(200).finCame(stuck);
  story.at(1500).closeFirst(client).at(1501).finCame(server).at(1502).closeSecond(server);
  story.at(1503).segment(client, 17);
  story.tell({
    type: "heartbeat",
    t: 30e9,
    wall: "2026-11-21T05:00:30.1Z",
    counted: 15,
    received: 15,
    lost: 0,
    unparsed: 0,
    skipped: 0,
  });
  return story.events;
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

const LEDGER = {
  counted: 15,
  received: 15,
  lost: 0,
  skipped: 0,
  unparsed: 0,
  evicted: 0,
  balanced: true,
};

/** A recording that was closed cleanly, 31 s long. */
export function wholeRecording(): string {
  return lines([HEADER, ...sampleEvents(), { ...FOOTER, t: 31e9, ledger: LEDGER }]);
}

/** The same, cut off in the middle of a line. */
export function cutRecording(): string {
  const text = wholeRecording();
  return text.slice(0, text.lastIndexOf("\n", text.length - 2) - 20);
}

/** The same from a later program. */
export function newerRecording(): string {
  return lines([{ ...HEADER, schema: 2, version: "9.1.0" }, ...sampleEvents()]);
}
