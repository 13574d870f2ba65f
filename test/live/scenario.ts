/** What a live scenario is: the traffic it makes, and the ground truth about each end of it. */
import type {
  LostWave,
  ResendKind,
  Role,
  Trigger,
  Unread,
  Verdict,
} from "../../src/core/endpoint.ts";
import type { FindingKind } from "../../src/core/finding.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { Context } from "./context.ts";

/** The end that connects, or the end that listens. */
export type End = "client" | "server";

/** A wave that this end sent (`local`) or received (`remote`). */
export interface WaveTruth {
  readonly n: 1 | 2 | 3 | 4;
  readonly by: "local" | "remote";
}

/** Segments that this end sent again, at least so many of a kind; 0 where chance decides. */
export interface ResendTruth {
  readonly kind: ResendKind;
  readonly atLeast: number;
}

/**
 * The truth about one end at the moment of the scenario's last checkpoint.
 *
 * It says what happened, not what one host could know of it: both ends are visible to the test,
 * so `lostWave` names one wave.
 */
export interface EndTruth {
  readonly end: End;
  /** The connection's name, or `every` for each connection that the scenario made. */
  readonly connection: string;
  readonly role: Role;
  readonly trigger: Trigger | null;
  readonly verdict: Verdict;
  /** Every state it was in, in order, mini-socket states included, CLOSE left out. */
  readonly states: readonly TcpState[];
  /** The row in the socket table at the end, or CLOSE when there is none. */
  readonly state: TcpState;
  readonly waves: readonly WaveTruth[];
  /** The wave that the network lost, also when a later copy arrived. */
  readonly lostWave: LostWave | null;
  /** Empty: this end sent nothing again. */
  readonly resends: readonly ResendTruth[];
  /** For an end that is in CLOSE_WAIT at the end, else null. */
  readonly unread: Unread | null;
  /** What its receive queue holds then, the FIN not counted. */
  readonly unreadBytes: number | null;
  readonly orphan: boolean;
  /** The process name of the owner; null where nothing can be said of it. */
  readonly owner: string | null;
  /** Findings that must name this end with the default thresholds. */
  readonly findings: readonly FindingKind[];
}

/** A scenario: traffic that ends at its last checkpoint, and the truth about it. */
export interface Scenario {
  readonly name: string;
  /** One sentence: what happens, and what is special about it. */
  readonly about: string;
  /** Address family of both ends; `mapped` is IPv4 through IPv6 sockets at both ends. */
  readonly ipv: 4 | 6 | "mapped";
  /** Both ends live in the client's namespace and talk over its loopback. */
  readonly loopback?: true;
  /** About how long it takes on an idle host, in seconds; 15 unless it says otherwise. */
  readonly seconds?: number;
  /** Programs that it needs besides python3 and iproute2. */
  readonly needs?: readonly string[];
  run(context: Context): Promise<void>;
  readonly expect: readonly EndTruth[];
}

/** About how long a scenario takes; the longest are begun first. */
export function secondsOf({ seconds = 15 }: Scenario): number {
  return seconds;
}

/** When it has failed, in seconds: a host that is busy with other things may take its time. */
export function patienceOf(scenario: Scenario): number {
  return secondsOf(scenario) + 60;
}

/** The parts of a truth that scenarios write; everything else follows or is empty. */
export interface EndSketch {
  readonly connection?: string;
  readonly role?: Role;
  readonly trigger?: Trigger | null;
  readonly verdict: Verdict;
  /** The states after ESTABLISHED. */
  readonly after?: readonly TcpState[];
  /** All states, for an end that was never ESTABLISHED. */
  readonly states?: readonly TcpState[];
  /** The row at the end; the last state unless it says otherwise. */
  readonly state?: TcpState;
  /** Numbers of the waves that this end sent or received. */
  readonly waves?: readonly WaveTruth["n"][];
  readonly lostWave?: LostWave;
  readonly resends?: Partial<Record<ResendKind, number>>;
  readonly unread?: Unread;
  readonly unreadBytes?: number;
  readonly orphan: boolean;
  readonly owner?: string | null;
  readonly findings?: readonly FindingKind[];
}

/** The truth about the connecting end. */
export function client(sketch: EndSketch): EndTruth {
  return complete("client", ["SYN_SENT", "ESTABLISHED"], sketch);
}

/** The truth about the listening end. */
export function server(sketch: EndSketch): EndTruth {
  return complete("server", ["SYN_RECV", "ESTABLISHED"], sketch);
}

function complete(end: End, opening: readonly TcpState[], sketch: EndSketch): EndTruth {
  const role = sketch.role ?? "none";
  const states = sketch.states ?? [...opening, ...(sketch.after ?? [])];
  return {
    end,
    connection: sketch.connection ?? "main",
    role,
    trigger: sketch.trigger ?? null,
    verdict: sketch.verdict,
    states,
    state: sketch.state ?? states.at(-1) ?? "CLOSE",
    waves: (sketch.waves ?? []).map((n) => ({ n, by: senderOf(n, role) })),
    lostWave: sketch.lostWave ?? null,
    resends: Object.entries(sketch.resends ?? {}).map(([kind, atLeast]) => ({
      kind: kind as ResendKind,
      atLeast,
    })),
    unread: sketch.unread ?? null,
    unreadBytes: sketch.unreadBytes ?? null,
    orphan: sketch.orphan,
    owner: sketch.owner === undefined ? `lt-${end}` : sketch.owner,
    findings: sketch.findings ?? [],
  };
}

/** Waves 1 and 4 come from the first closer; in a simultaneous close each end sees itself as it. */
function senderOf(n: WaveTruth["n"], role: Role): WaveTruth["by"] {
  const isFirstCloser = role !== "passive";
  return (n === 1 || n === 4) === isFirstCloser ? "local" : "remote";
}
