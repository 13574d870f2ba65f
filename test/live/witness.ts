/** Finds, for one end of a scenario's connection, what ss and the second witness saw of it. */
import type { FindingKind } from "../../src/core/finding.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { Registered, Seen } from "./context.ts";
import type { Life } from "./oracle.ts";
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

/** The socket's life behind one end; the nth connection of a tuple has the tuple's nth life. */
export function witnessOf(
  run: ScenarioRun,
  connection: Registered,
  end: End,
  lives: readonly Life[],
): Life | null {
  const key = ({ client, server }: Registered) => `${client.port} ${server.port}`;
  const same = run.connections.filter((other) => key(other) === key(connection));
  const local = connection[end];
  const remote = connection[end === "client" ? "server" : "client"];
  const own = lives.filter(
    ({ netns, localPort, remotePort }) =>
      netns === local.netns && localPort === local.port && remotePort === remote.port,
  );
  return own[same.indexOf(connection)] ?? null;
}
