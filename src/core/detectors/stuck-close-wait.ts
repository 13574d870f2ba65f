/** CLOSE_WAIT that lasts: the peer has finished, and our application does not close. */

import { formatEndpoint } from "../../event/tuple.ts";
import type { CoreState } from "../core-state.ts";
import type { Endpoint, Unread } from "../endpoint.ts";
import type { Firing, Subject } from "../finding.ts";
import type { Detector } from "./detector.ts";

interface Group {
  readonly key: string;
  readonly subject: Subject;
  readonly endpoints: Endpoint[];
}

/** Fires once per owner; per listener for connections that nobody has accepted. */
export const stuckCloseWait: Detector = {
  kind: "stuck-close-wait",
  about: "connections that the peer has closed and the owner has not",
  threshold: 10,
  unit: "seconds",
  find(core, now, seconds) {
    const groups = new Map<string, Group>();
    for (const endpoint of core.table.inState("CLOSE_WAIT")) {
      const since = endpoint.phases.at(-1)?.from ?? endpoint.bornAt;
      if (now - since < seconds * 1e9) continue;
      const group = groupOf(core, endpoint);
      const known = groups.get(group.key);
      if (known === undefined) groups.set(group.key, group);
      else known.endpoints.push(endpoint);
    }
    return [...groups.values()].map((group) => fire(group));
  },
};

function groupOf(core: CoreState, endpoint: Endpoint): Group {
  const { tuple } = endpoint;
  if (endpoint.unread !== "not-accepted" && endpoint.owner !== null) {
    const { pid, comm } = endpoint.owner;
    return { key: `pid ${pid} ${comm}`, subject: { pid, comm }, endpoints: [endpoint] };
  }
  const listener = core.listeners.of(tuple);
  const local = formatEndpoint(listener?.local ?? tuple.local, tuple.localPort);
  const holder =
    listener?.pid != null ? { pid: listener.pid, comm: listener.comm ?? "" } : undefined;
  return {
    key: `listener ${tuple.netns} ${local}`,
    subject: { listener: local, ...holder },
    endpoints: [endpoint],
  };
}

function fire(group: Group): Firing {
  const { endpoints, subject } = group;
  const since = Math.min(...endpoints.map((each) => each.phases.at(-1)?.from ?? each.bornAt));
  const count = endpoints.length;
  const who =
    subject.pid === undefined
      ? `listener ${subject.listener ?? "unknown"}`
      : `${subject.comm ?? "?"} (pid ${subject.pid})`;
  const isQueue = subject.listener !== undefined;
  return {
    key: group.key,
    severity: count >= 100 ? "critical" : "warning",
    since,
    subject,
    count,
    summary: isQueue
      ? `${connections(count)} closed by the peer wait unaccepted at ${who}`
      : `${who} has not closed ${connections(count)} that the peer has closed`,
    endpoints: endpoints.map((each) => each.id),
    evidence: evidenceOf(endpoints),
  };
}

function connections(count: number): string {
  return `${count} connection${count === 1 ? "" : "s"}`;
}

const READINGS: Readonly<Record<Unread, string>> = {
  drained: "drained: the application has taken everything and has not closed",
  "fin-unread": "fin-unread: the application has not read the end of the stream",
  "data-unread": "data-unread: the application has not read all data; a close now sends RST",
  "not-accepted": "not-accepted: they wait in the accept queue",
};

function evidenceOf(endpoints: readonly Endpoint[]): string[] {
  const lines: string[] = [];
  for (const reading of Object.keys(READINGS) as Unread[]) {
    const count = endpoints.filter((each) => each.unread === reading).length;
    if (count > 0) lines.push(`${count} of ${endpoints.length} ${READINGS[reading]}`);
  }
  const eof = endpoints.filter((each) => each.eofRead).length;
  if (eof > 0) lines.push(`${eof} of ${endpoints.length} have read the end of the stream`);
  const shared = endpoints.filter((each) => each.holders.length > 1).length;
  if (shared > 0) lines.push(`${shared} of ${endpoints.length} are held by several processes`);
  return lines;
}
