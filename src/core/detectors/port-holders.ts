/** Which endpoints hold the local ports towards a destination. */

import { TCP_STATES, type TcpState } from "../../event/tcp-state.ts";
import type { CoreState } from "../core-state.ts";
import type { EndpointRecord } from "../endpoint-record.ts";
import type { EphemeralPorts } from "../ephemeral-ports.ts";
import type { PortGroup } from "../port-group.ts";

/** The states in which a local port is taken; the walk is made only where something is wrong. */
const HOLDING: readonly TcpState[] = TCP_STATES.filter(
  (state) => state !== null && state !== "LISTEN" && state !== "CLOSE",
);

/** The endpoints of each group on ports that connect() may choose, found in one walk. */
export function holdersOf(
  core: CoreState,
  groups: Iterable<PortGroup>,
  portsOf: (netns: number) => EphemeralPorts,
): Map<PortGroup, EndpointRecord[]> {
  const holders = new Map<PortGroup, EndpointRecord[]>();
  for (const group of groups) holders.set(group, []);
  if (holders.size === 0) return holders;
  for (const state of HOLDING) {
    for (const endpoint of core.table.inState(state)) {
      const { ports, netns, localPort } = endpoint;
      if (!ports) continue;
      const found = holders.get(ports);
      if (found !== undefined && portsOf(netns).has(localPort)) found.push(endpoint);
    }
  }
  return holders;
}
