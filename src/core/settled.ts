/** Endpoints whose teardown has come to a verdict, for whoever tells of each once. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { CoreState } from "./core-state.ts";
import type { Endpoint } from "./endpoint.ts";

/** Take those of until `until`; the first call begins the collection. */
export function takeSettled(core: CoreState, until: Nanoseconds): Endpoint[] {
  const { settled } = core;
  core.keepsSettled = true;
  const count = settled.findIndex((each) => each.at > until);
  return settled.splice(0, count < 0 ? settled.length : count).map((each) => each.endpoint);
}
