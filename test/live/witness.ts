/** Finds, for one end of a scenario's connection, what ss and the second witness saw of it. */
import type { ResendKind } from "../../src/core/endpoint.ts";
import type { FindingKind } from "../../src/core/finding.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { Registered, Seen } from "./checkpoint.ts";
import type { Change, Life } from "./lives.ts";
import type { ScenarioRun } from "./run-scenarios.ts";
import type { End } from "./scenario.ts";

/** How long an end must be in a state for a finding, by the contract's default thresholds. */
export const stuckSeconds: Partial<Record<FindingKind, { state: TcpState; seconds: number }>> = {
  "stuck-close-wait": { state: "CLOSE_WAIT", seconds: 10 },
  "stuck-fin-wait1": { state: "FIN_WAIT1", seconds: 5 },
  "stuck-fin-wait2": { state: "FIN_WAIT2", seconds: 60 },
  "stuck-last-ack": { state: "LAST_ACK", seconds: 5 },
};

/** What the checkpoints saw of one end, in order. */
export function seenOf(run: ScenarioRun, connection: string, end: End): Seen[] {
  return run.checkpoints
    .flatMap(({ seen }) => seen)
    .filter((seen) => seen.connection === connection && seen.end === end);
}

/** What a socket went through until the scenario's last checkpoint. */
export interface Witness {
  /** States in order, each once, CLOSE left out. */
  readonly states: readonly TcpState[];
  readonly resent: readonly ResendKind[];
  readonly resets: readonly number[];
  /** The change with which this end sent its FIN; null when it sent none or it is inferred. */
  readonly fin: Change | null;
  /** The change to CLOSE; null while the socket lives. */
  readonly closed: Change | null;
}

/**
 * The socket's life behind one end; the nth connection of a tuple has the tuple's nth life.
 *
 * Only lives born during the run count: the kernel gives a namespace's inode to the next one.
 */
export function witnessOf(
  run: ScenarioRun,
  connection: Registered,
  end: End,
  lives: readonly Life[],
): Witness | null {
  const key = ({ client, server }: Registered) => `${client.port} ${server.port}`;
  const same = run.connections.filter((other) => key(other) === key(connection));
  const local = connection[end];
  const remote = connection[end === "client" ? "server" : "client"];
  const own = lives.filter(
    ({ netns, localPort, remotePort, changes }) =>
      netns === local.netns &&
      localPort === local.port &&
      remotePort === remote.port &&
      (changes[0]?.at ?? 0) >= Date.parse(run.startedAt),
  );
  const life = own[same.indexOf(connection)];
  return life ? cut(life, Date.parse(run.endedAt)) : null;
}

/** What comes after the last checkpoint is the harness clearing away. */
function cut(life: Life, end: number): Witness {
  const isBefore = ({ at }: { at: number }) => at <= end;
  const changes = life.changes.filter(isBefore);
  const states = changes.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
  return {
    states: states.filter((state) => state !== "CLOSE"),
    resent: life.resent.filter(isBefore).map(({ kind }) => kind),
    resets: life.resets.filter(isBefore).map(({ reason }) => reason),
    fin: changes.find(isOwnFin) ?? null,
    closed: changes.find(({ state }) => state === "CLOSE") ?? null,
  };
}

function isOwnFin({ state, isInferred }: Change): boolean {
  return !isInferred && (state === "FIN_WAIT1" || state === "LAST_ACK");
}
