/** Holds the trace of one moment against the kernel's socket table of that moment. */
import type { Endpoint } from "../../src/core/endpoint.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { Nanoseconds, SocketTuple } from "../../src/event/trace-event.ts";
import { formatEndpoint, tupleKey } from "../../src/event/tuple.ts";
import type { Sample } from "./sample.ts";

/** What one of the two says of an endpoint; `gone` when it does not list it. */
export type Said = TcpState | "gone";

/** An endpoint of which the table and the trace say different things. */
export interface Disagreement {
  readonly sample: Sample;
  readonly key: string;
  readonly tuple: SocketTuple;
  readonly table: Said;
  readonly trace: Said;
  /** What the trace lists, and since when it knew it to be in that state; null where it is gone. */
  readonly endpoint: { readonly id: string; readonly since: Nanoseconds } | null;
}

/** The rows of a sample were true about then. */
export function momentOf({ fromNs, toNs }: Sample): Nanoseconds {
  return (fromNs + toNs) / 2;
}

/** The comparison of one namespace at one moment. */
export interface Comparison {
  /** How many endpoints both say the same of, by that state. */
  readonly agreed: ReadonlyMap<TcpState, number>;
  readonly disagreed: readonly Disagreement[];
  /** Of the agreed ones in TIME_WAIT, how many have been in it for more than its 60 s. */
  readonly overdue: number;
  /** Endpoints of a namespace that had this one's inode before; the trace knows only inodes. */
  readonly ghosts: number;
  /** SYN_SENT rows of which the trace knows all but the source port. */
  readonly portless: number;
}

/**
 * States that are not compared.
 *
 * `SYN_RECV` in the table is a request socket: no state change announces it
 * (`net/ipv4/inet_connection_sock.c:inet_csk_reqsk_queue_hash_add`), and the child that replaces it
 * is in SYN_RECV for microseconds. Listeners are no endpoints; CLOSE is what bind() alone leaves.
 */
const LEFT_OUT: ReadonlySet<TcpState> = new Set(["CLOSE", "LISTEN", "NEW_SYN_RECV", "SYN_RECV"]);

/** The timer wheel rounds it up, by as much as 2 s at HZ=250. */
const TIME_WAIT_NS = 60e9;

/** The rows of the two that name the same tuple must name the same state. */
export function compareStates(sample: Sample, endpoints: Iterable<Endpoint>): Comparison {
  const table = new Map<string, { state: TcpState; tuple: SocketTuple }>();
  for (const { state, local, remote } of sample.rows) {
    if (LEFT_OUT.has(state)) continue;
    const tuple = {
      netns: sample.netns,
      local: local.address,
      localPort: local.port,
      remote: remote.address,
      remotePort: remote.port,
    };
    table.set(tupleKey(tuple), { state, tuple });
  }
  const agreed = new Map<TcpState, number>();
  const disagreed: Disagreement[] = [];
  /** Alive, but in a state that is not compared or without a port by which to find the row. */
  const apart: Endpoint[] = [];
  const disagree = (key: string, tuple: SocketTuple, table: Said, endpoint?: Endpoint) => {
    const said = endpoint ? { id: endpoint.id, since: lastChangeOf(endpoint) } : null;
    const trace = endpoint?.state ?? "gone";
    disagreed.push({ sample, key, tuple, table, trace, endpoint: said });
  };
  let ghosts = 0;
  let overdue = 0;
  for (const endpoint of endpoints) {
    const { bornAt, endedAt, state, tuple } = endpoint;
    if (endedAt !== null || tuple.netns !== sample.netns) continue;
    const isLeftOut = LEFT_OUT.has(state);
    if (bornAt < sample.madeNs) {
      if (!isLeftOut) ghosts++;
      continue;
    }
    if (isLeftOut || tuple.localPort === 0) {
      apart.push(endpoint);
      continue;
    }
    const key = tupleKey(tuple);
    const row = table.get(key);
    table.delete(key);
    if (row?.state === state) {
      agreed.set(state, (agreed.get(state) ?? 0) + 1);
      const ageNs = sample.fromNs - lastChangeOf(endpoint);
      if (state === "TIME_WAIT" && ageNs > TIME_WAIT_NS) overdue++;
    } else disagree(key, tuple, row?.state ?? "gone", endpoint);
  }
  let unnumbered = 0;
  for (const [key, { state, tuple }] of table) {
    const { remote, remotePort } = tuple;
    const at = apart.findIndex(({ tuple: each }) =>
      each.localPort === 0
        ? each.remote === remote && each.remotePort === remotePort
        : tupleKey(each) === key,
    );
    if (state === "SYN_SENT" && apart[at]?.state === state) {
      apart.splice(at, 1);
      unnumbered++;
    } else disagree(key, tuple, state, apart[at]);
  }
  return { agreed, disagreed, overdue, ghosts, portless: unnumbered };
}

/** When it came into the state that the trace knows. */
function lastChangeOf({ bornAt, phases }: Endpoint): Nanoseconds {
  return phases.at(-1)?.from ?? bornAt;
}

/** When the endpoints of each tuple changed, as the whole recording tells it. */
export class Changes {
  readonly #lives = new Map<string, Endpoint[]>();

  constructor(endpoints: Iterable<Endpoint>) {
    for (const endpoint of endpoints) {
      const key = tupleKey(endpoint.tuple);
      const lives = this.#lives.get(key);
      if (lives === undefined) this.#lives.set(key, [endpoint]);
      else lives.push(endpoint);
    }
  }

  /** Whether an endpoint of this tuple was born, changed or ended within the margin of the sample. */
  isNear({ key, sample }: Disagreement, marginNs: number): boolean {
    const isNear = (at: number | null) =>
      at !== null && at >= sample.fromNs - marginNs && at <= sample.toNs + marginNs;
    return (this.#lives.get(key) ?? []).some(
      ({ bornAt, endedAt, phases }) =>
        isNear(bornAt) ||
        isNear(endedAt) ||
        phases.some(({ from, to }) => isNear(from) || isNear(to)),
    );
  }

  /** What each said, and all that the whole recording tells of the tuple, in seconds. */
  story({ key, sample, tuple, table, trace }: Disagreement): string {
    const at = `${seconds(sample.fromNs)}..${seconds(sample.toNs)}`;
    const ends = [
      formatEndpoint(tuple.local, tuple.localPort),
      formatEndpoint(tuple.remote, tuple.remotePort),
    ].join(" > ");
    const lives = (this.#lives.get(key) ?? []).map(
      ({ id, phases, endedAt, expiresAt, verdict, isMini, isComplete, note }) => {
        const stays = phases.map(
          ({ state, from, to, evidence }) =>
            `${state} ${seconds(from)}..${to === null ? "" : seconds(to)} ${evidence}`,
        );
        const rest = [
          verdict ?? "no verdict",
          endedAt === null ? "alive" : `ended ${seconds(endedAt)}`,
          ...(expiresAt === null ? [] : [`expires ${seconds(expiresAt)}`]),
          ...(isMini ? ["mini"] : []),
          ...(isComplete ? [] : ["incomplete"]),
          ...(note === null ? [] : [note]),
        ];
        return `    ${id}: ${stays.join(", ")}; ${rest.join(", ")}`;
      },
    );
    const head = `${at} netns ${sample.netns} ${ends}: table ${table}, trace ${trace}`;
    return [head, ...(lives.length > 0 ? lives : ["    no such endpoint"])].join("\n");
  }
}

function seconds(ns: number): string {
  return (ns / 1e9).toFixed(4);
}
