/** All that a trace says and keeps in order, in a form that compares. */
import type { Trace } from "../../src/core/fold.ts";
import { TCP_STATES } from "../../src/event/tcp-state.ts";
import { wholeStory } from "./story.ts";

/** The whole story with the lists that screens read. */
export function everything(trace: Trace): string {
  const lists = TCP_STATES.map((state) =>
    state === null ? [] : [...trace.inState(state)].map(({ id }) => id),
  );
  const recent = trace.recent(1000).map(({ id }) => id);
  return JSON.stringify([askedNow(wholeStory(trace)), lists, recent, trace.taken]);
}

/** Who lived in a gap is listed when somebody asks, so it tells when that was and not what is known. */
function askedNow(story: string): string {
  return JSON.stringify(JSON.parse(story), (_, value) =>
    value?.kind === "incomplete-trace" ? { ...value, endpoints: "asked later" } : value,
  );
}

/** A copy of a trace, made at once. */
export function copied(trace: Trace): Trace {
  const steps = trace.copySteps();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
