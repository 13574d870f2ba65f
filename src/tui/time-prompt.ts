// The line that a moment is typed into: says at once where it leads.
import { NO_TIME, parseTime, type StartedAt } from "../event/time.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { Typing } from "./app-state.ts";
import { openPrompt, pressPrompt } from "./prompt.ts";
import { PromptHistory } from "./prompt-history.ts";

/** What a time is read against, and what is done with it. */
export interface TimeAsked {
  readonly startedAt: StartedAt;
  readonly newestNs: Nanoseconds;
  readonly oldestNs: Nanoseconds;
  clock(t: Nanoseconds): string;
  go(t: Nanoseconds): void;
}

/** Both have room beside what is typed on 80 columns. */
const HINT = "09:38:57, -10s from the newest, +1m from the start";
const NO_FORM = "no time: 09:38:57, -10s, +1m or an ISO 8601 instant";
const history = new PromptHistory();

/** Ask for a TIME as the commands take it. */
export function askTime(asked: TimeAsked): Typing {
  const label = "go to";
  let prompt = openPrompt(label);
  history.begin("");
  const read = (): Nanoseconds | string => {
    const t = parseTime(prompt.text.trim(), { ...asked, endNs: asked.newestNs });
    if (typeof t === "string") return t === NO_TIME ? NO_FORM : t;
    const { oldestNs, newestNs, clock } = asked;
    if (t < 0 || t > newestNs)
      return `the history runs from ${clock(oldestNs)} to ${clock(newestNs)}`;
    return t;
  };
  return {
    get prompt() {
      if (prompt.text === "") return { ...prompt, remark: { text: HINT, isError: false } };
      const t = read();
      const { oldestNs, clock } = asked;
      if (typeof t === "string") return { ...prompt, remark: { text: t, isError: true } };
      const begins = t < oldestNs ? `, history begins at ${clock(oldestNs)}` : "";
      return { ...prompt, remark: { text: `${clock(t)} UTC${begins}`, isError: false } };
    },
    press(key, character) {
      if (key === "up" || key === "down") {
        const text = history.go(key === "up" ? 1 : -1, prompt.text);
        if (text !== null) prompt = openPrompt(label, text);
        return true;
      }
      const step = pressPrompt(prompt, key, character);
      if (step.kind === "editing") {
        prompt = step.prompt;
        return true;
      }
      if (step.kind === "cancelled" || step.text.trim() === "") return false;
      const t = read();
      if (typeof t === "string") return true;
      history.add(step.text);
      asked.go(t);
      return false;
    },
  };
}
