/** A quiet recording proves something only where a little less would have fired it. */
import { expect, test } from "vitest";
import type { FindingKind } from "../../../src/core/finding.ts";
import { findingsIn } from "./recorded.ts";

/** What must be asked for so that the recording fires after all. */
const JUST_ENOUGH: Readonly<Record<string, number>> = {
  "stuck-close-wait/quiet-closed-in-time": 9,
  "stuck-close-wait/quiet-still-sending": 1.5,
  "descriptor-exhaustion/quiet-room-left": 77,
  "repeated-fin-retransmit/quiet-once": 1,
  "stuck-fin-wait1/quiet-answered-in-time": 4,
  "stuck-last-ack/quiet-answered-in-time": 4,
  "stuck-fin-wait2/quiet-peer-still-sends": 10,
  "half-close/quiet-under-a-minute": 50,
  "time-wait-pressure/quiet-below": 55,
  "time-wait-pressure/quiet-two-destinations": 40,
  "time-wait-pressure/quiet-two-namespaces": 40,
  "time-wait-pressure/quiet-server": 1.8,
  "reset-teardown/quiet-four": 4,
  "reset-teardown/quiet-two-causes": 4,
  "reset-teardown/quiet-two-peers": 4,
  "reset-teardown/quiet-five-in-two-minutes": 2,
  "orphan-pressure/quiet-below": 49,
};

test.each(Object.entries(JUST_ENOUGH))("%s fires at %d", async (name, threshold) => {
  const kind = name.slice(0, name.indexOf("/")) as FindingKind;
  expect(await findingsIn(name, { [kind]: threshold })).not.toEqual([]);
});
