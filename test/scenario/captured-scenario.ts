/** A scenario as lastack recorded it: its header, its events alone, and where its ends are. */

import type { Endpoint } from "../../src/core/endpoint.ts";
import { Trace } from "../../src/core/fold.ts";
import type { RecordingHeader } from "../../src/event/recording.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import type { Registered } from "../live/checkpoint.ts";
import type { End } from "../live/scenario.ts";

/** What a fixture holds beside the recording. */
export interface ScenarioFacts {
  readonly name: string;
  readonly connections: readonly Registered[];
  /** The last checkpoint that looked at each connection, in the same order. */
  readonly connectionEndNs: readonly number[];
  /** The last checkpoint, nanoseconds since the recording's start. */
  readonly endNs: number;
}

/** A captured scenario, live or from a fixture. */
export interface CapturedScenario {
  readonly facts: ScenarioFacts;
  readonly header: RecordingHeader;
  /** In the order of the recording. */
  readonly events: readonly TraceEvent[];
}

/** Fold the scenario up to a checkpoint: what comes after is the harness clearing away. */
export function traceOf(captured: CapturedScenario, endNs: number): Trace {
  const { header, events } = captured;
  const trace = new Trace({
    sysctls: header.sysctls,
    seesMiniEnd: header.probes.includes("time_wait_end"),
  });
  for (const event of events) if (event.t <= endNs) trace.step(event);
  trace.advance(endNs);
  trace.finish();
  return trace;
}

/** The endpoint of one end; the nth connection of a tuple is the tuple's nth endpoint. */
export function endpointOf(
  captured: CapturedScenario,
  trace: Trace,
  connection: Registered,
  end: End,
): Endpoint | undefined {
  const key = ({ client, server }: Registered) => `${client.port} ${server.port}`;
  const same = captured.facts.connections.filter((other) => key(other) === key(connection));
  const local = connection[end];
  const remote = connection[end === "client" ? "server" : "client"];
  const own = [...trace.endpoints()].filter(
    ({ tuple }) =>
      tuple.netns === local.netns &&
      tuple.localPort === local.port &&
      tuple.remotePort === remote.port,
  );
  return own[same.indexOf(connection)];
}

/** The events that a trace of these two namespaces would have had. */
export function eventsOf(
  events: readonly TraceEvent[],
  namespaces: ReadonlySet<number>,
  fromNs: number,
  toNs: number,
): TraceEvent[] {
  return events.flatMap((event): TraceEvent[] => {
    if (event.type !== "counts") return isOf(event) ? [event] : [];
    const groups = event.groups.filter(({ netns }) => namespaces.has(netns));
    return groups.length > 0 && event.t >= fromNs ? [{ ...event, groups }] : [];
  });
  function isOf(event: Exclude<TraceEvent, { type: "counts" }>): boolean {
    if (event.t < fromNs || event.t > toNs) return false;
    if (event.type === "heartbeat" || event.type === "gap") return true;
    if (event.type === "detail") return true;
    if (event.type === "owner" || event.type === "process" || event.type === "threads") return true;
    return namespaces.has(event.netns);
  }
}
