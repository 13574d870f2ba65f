/** Whom a connection waits for that nobody has accepted. */

import type { Endpoint, Owner } from "./endpoint.ts";
import type { TraceView } from "./trace.ts";

/**
 * The owner of an endpoint; of one in an accept queue the process that would have to accept it.
 *
 * No descriptor leads to it yet. Of several processes that share the listener any may take it,
 * hence only `likely`.
 */
export function ownerOrListener(
  endpoint: Endpoint,
  view: Pick<TraceView, "listenerOf">,
): Owner | null {
  if (endpoint.owner !== null || endpoint.unread !== "not-accepted") return endpoint.owner;
  const { pid = null, comm } = view.listenerOf(endpoint.tuple) ?? {};
  if (pid === null) return null;
  return { pid, comm: comm ?? "", source: "listener", confidence: "likely" };
}
