/** A second trace of the same traffic, in another detail. */
import type { WantedDetail } from "../../src/event/detail.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { LiveSession } from "../../src/session/live-session.ts";

/** A running trace with all that it has told. */
export interface Beside {
  readonly session: LiveSession;
  readonly told: readonly TraceEvent[];
}

/** Trace this host, beside whoever else does; resolves when it has looked at the host. */
export async function traceBeside(detail: WantedDetail): Promise<Beside> {
  const session = await LiveSession.start({ version: "0.0.0-test", detail });
  const told: TraceEvent[] = [];
  session.onEvents((batch) => {
    for (const event of batch) told.push(event);
  });
  await session.readHost();
  return { session, told };
}

/** Whether the probes told it, by its number in their account or by their counts. */
export function isProbes(event: TraceEvent): boolean {
  if ("seq" in event || event.type === "counts") return true;
  return event.type === "open" && event.how === "connect";
}
