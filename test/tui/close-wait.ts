// A connection whose peer closes, in one event.
import type { TransitionEvent } from "../../src/event/trace-event.ts";

const TUPLE = { netns: 1, local: "10.0.0.1", localPort: 80, remote: "10.0.0.2" };

/** The peer of one more connection closes. */
export function closeWait(i: number, t: number): TransitionEvent {
  return {
    type: "transition",
    t,
    cpu: 0,
    seq: i,
    sk: `ffff${i.toString(16).padStart(12, "0")}`,
    ...TUPLE,
    remotePort: 1024 + i,
    from: "ESTABLISHED",
    to: "CLOSE_WAIT",
    pid: 0,
    comm: "swapper/0",
    inProcess: false,
  };
}
