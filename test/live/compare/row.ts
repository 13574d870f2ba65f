/** What three tracers said of one end of a scenario, beside the truth. */
import type { Endpoint } from "../../../src/core/endpoint.ts";
import { endpointOf, traceOf } from "../../scenario/captured-scenario.ts";
import type { PlayedScenario } from "../capture.ts";
import type { EndTruth } from "../scenario.ts";
import type { LifeLine, StatesLine } from "./tool.ts";

/** What the other two printed, parsed. */
export interface Printed {
  readonly states: readonly (StatesLine & { readonly at: number })[];
  readonly lives: readonly (LifeLine & { readonly at: number })[];
}

/** One row of the table; a `null` judgement: the tool does not speak of it. */
export interface Row {
  readonly scenario: string;
  readonly about: string;
  readonly end: string;
  readonly truth: string;
  readonly tcpstates: string;
  readonly tcplife: string;
  readonly lastack: string;
  readonly isStatesRight: { readonly tcpstates: boolean; readonly lastack: boolean };
  readonly isVerdictRight: boolean;
  /** Whether the process that owned this end is the one named; null where the truth names none. */
  readonly isOwnerRight: {
    readonly tcpstates: boolean;
    readonly tcplife: boolean;
    readonly lastack: boolean;
  } | null;
}

/** The other tools look into their buffers ten times a second. */
const PRINTED_WITHIN_MS = 250;

/** States in which every connection begins: they tell nothing of its end. */
const OPENING = new Set(["CLOSE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "LISTEN"]);

/** Compare one truth of a played scenario; null where the connection has no port to be found by. */
export function rowOf(played: PlayedScenario, truth: EndTruth, printed: Printed): Row | null {
  const { scenario, connections } = played.run;
  const index = connections.findIndex(
    ({ name }) => truth.connection === "every" || truth.connection === name,
  );
  const connection = connections[index];
  if (connection === undefined || connection.client.port === 0) return null;
  const other = truth.end === "client" ? "server" : "client";
  // What comes later is the harness clearing away.
  const untilMs = Date.parse(played.run.endedAt) + PRINTED_WITHIN_MS;
  const isThis = (line: { at: number; localPort: number; remotePort: number }) =>
    line.at <= untilMs &&
    line.localPort === connection[truth.end].port &&
    line.remotePort === connection[other].port;
  const changes = printed.states.filter(isThis);
  const life = printed.lives.find(isThis);
  const { captured } = played;
  const trace = traceOf(captured, captured.facts.connectionEndNs[index] ?? 0);
  const endpoint = endpointOf(captured, trace, connection, truth.end);
  const said = changes.length === 0 ? [] : [changes[0]?.from ?? "", ...changes.map(({ to }) => to)];
  const told = (endpoint?.phases ?? []).map(({ state }) => state);
  const owner = truth.owner;
  return {
    scenario: scenario.name,
    about: scenario.about,
    end: truth.end,
    truth: story(truth.states, truth.verdict, owner),
    tcpstates:
      changes.length === 0 ? "nothing" : `${path(said, "CLOSE")}; ${changes.at(-1)?.comm ?? ""}`,
    tcplife: life === undefined ? "nothing" : `over after ${Math.round(life.ms)} ms; ${life.comm}`,
    lastack:
      endpoint === undefined
        ? "nothing"
        : story(told, endpoint.verdict ?? "unfinished", owner && ownerOf(endpoint)),
    isStatesRight: {
      tcpstates: closing(said).join() === closing(truth.states).join(),
      lastack: closing(told).join() === closing(truth.states).join(),
    },
    isVerdictRight: (endpoint?.verdict ?? "unfinished") === truth.verdict,
    isOwnerRight:
      owner === null
        ? null
        : {
            tcpstates: changes.at(-1)?.comm === owner,
            tcplife: life?.comm === owner,
            lastack: endpoint !== undefined && ownerOf(endpoint) === owner,
          },
  };
}

function ownerOf({ owner }: Endpoint): string {
  return owner?.comm ?? "nobody";
}

function story(states: readonly string[], verdict: string, owner: string | null): string {
  return `${path(states, "")}; ${verdict}${owner === null ? "" : `; ${owner}`}`;
}

/** The states of the teardown, and `CLOSE` at the end for a tool that prints it. */
function path(states: readonly string[], last: string): string {
  const ends = last !== "" && states.at(-1) === last ? [last] : [];
  return [...closing(states), ...ends].join(" → ") || states.at(-1) || "";
}

function closing(states: readonly string[]): string[] {
  return states.filter((state, i) => !OPENING.has(state) && state !== states[i - 1]);
}
