/** Checks of the fields that several events share. */

import {
  EXACT,
  type Fault,
  type Fields,
  integerFault,
  NAME,
  S31,
  textFault,
  U16,
} from "./field-faults.ts";

/** Check `t`. It may be negative: a dump can begin before the anchor of the clocks is taken. */
export function instantFault(event: Fields): Fault {
  return integerFault(event.t, "t", -EXACT, EXACT);
}

/** Check the task on the CPU. */
export function taskFault(event: Fields): Fault {
  return integerFault(event.pid, "pid", 0, S31) ?? textFault(event.comm, "comm", NAME);
}

/** Check a four-tuple and its namespace. */
export function tupleFault(event: Fields): Fault {
  return (
    integerFault(event.netns, "netns", 0, EXACT) ??
    textFault(event.local, "local", NAME) ??
    integerFault(event.localPort, "localPort", 0, U16) ??
    textFault(event.remote, "remote", NAME) ??
    integerFault(event.remotePort, "remotePort", 0, U16)
  );
}
