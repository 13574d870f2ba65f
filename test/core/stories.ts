/** What is told of an endpoint, without the ids that a part of a recording gives anew. */
import type { Endpoint } from "../../src/core/endpoint.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { TraceView } from "../../src/core/trace.ts";
import { tupleKey } from "../../src/event/tuple.ts";
import { factsOf } from "./facts.ts";

/** What an endpoint is known by in the whole and in every part: its tuple and its first moment. */
export function nameOf({ tuple, bornAt }: Endpoint): string {
  return `${tupleKey(tuple)} @${bornAt}`;
}

/** Everything that the core says of an endpoint. */
export function storyOf(endpoint: Endpoint, trace: TraceView): Record<string, unknown> {
  const story = factsOf(endpoint);
  for (const own of [
    "id",
    "pairKey",
    "teardownNo",
    "previousInState",
    "nextInState",
    "ports",
  ] as const) {
    delete story[own];
  }
  const { owner, peer } = endpoint;
  return {
    ...story,
    peer: peer === null ? null : nameOf(peer),
    process: owner === null ? null : (trace.process(owner.pid) ?? null),
    hasWholeStory: trace.isComplete(endpoint),
  };
}

/** All stories by name; two endpoints of one name would hide each other, so they are refused. */
export function storiesOf(trace: TraceView): Map<string, Record<string, unknown>> {
  const stories = new Map<string, Record<string, unknown>>();
  for (const endpoint of trace.endpoints()) {
    const name = nameOf(endpoint);
    if (stories.has(name)) throw new Error(`two endpoints are ${name}`);
    stories.set(name, storyOf(endpoint, trace));
  }
  return stories;
}

/** A finding, its endpoints by name, in the order of their names. */
export function findingOf(finding: Finding, trace: TraceView): Record<string, unknown> {
  const { id: _, endpoints, ...rest } = finding;
  const names = endpoints.map((id) => {
    const endpoint = trace.endpoint(id);
    return endpoint === undefined ? id : nameOf(endpoint);
  });
  return { ...rest, endpoints: names.sort() };
}
