/** One row of the socket table, whichever way it was read. */

import type { SnapshotEvent } from "../event/trace-event.ts";

/** A row as the kernel gave it: a snapshot event that does not know yet when it was taken. */
export type SocketRow = Omit<SnapshotEvent, "type" | "t" | "since" | "dump">;
