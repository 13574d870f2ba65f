// The line that a filter is typed into: says at once what is wrong with it, and remembers.
import { type Filter, makeFilter } from "./app-filter.ts";
import { openPrompt, type PromptRemark, type PromptState, pressPrompt } from "./prompt.ts";
import { PromptHistory } from "./prompt-history.ts";

/** What a key made of it: a filter, or none, once it is done. */
export type FilterStep = Filter | null | "typing" | "cancelled";

const HINT = "text, regex, state:CLOSE_WAIT pid:1 port:443 !comm:curl age>30s";

/** The filter's prompt, with the filters of this run for Up and Down. */
export class FilterPrompt {
  #prompt: PromptState = openPrompt("filter /");
  #isInverted = false;
  readonly #history = new PromptHistory();

  /** Begin with the filter that there is. */
  open(filter: Filter | null): void {
    this.#prompt = openPrompt("filter /", filter?.text ?? "");
    this.#isInverted = filter?.isInverted ?? false;
    this.#history.begin(this.#prompt.text);
  }

  /** What is typed so far, with what is wrong with it or, while it is empty, what it could be. */
  get view(): PromptState & { readonly remark?: PromptRemark } {
    const { text } = this.#prompt;
    if (text === "") return { ...this.#prompt, remark: { text: HINT, isError: false } };
    const made = this.#made();
    if (typeof made !== "string") return this.#prompt;
    return { ...this.#prompt, remark: { text: made, isError: true } };
  }

  /** Take a key. What is wrong cannot be entered; an empty line takes the filter away. */
  press(key: string, character: string | null): FilterStep {
    if (key === "up" || key === "down") {
      const text = this.#history.go(key === "up" ? 1 : -1, this.#prompt.text);
      if (text !== null) this.#prompt = openPrompt(this.#prompt.label, text);
      return "typing";
    }
    const step = pressPrompt(this.#prompt, key, character);
    if (step.kind === "cancelled") return "cancelled";
    if (step.kind === "editing") {
      this.#prompt = step.prompt;
      return "typing";
    }
    if (step.text.trim() === "") return null;
    const made = this.#made();
    if (typeof made === "string") return "typing";
    this.#history.add(step.text);
    return made;
  }

  /** The filter that shows what this one hides. */
  inverted({ text, isInverted }: Filter): Filter | null {
    const made = makeFilter(text, !isInverted);
    return typeof made === "string" ? null : made;
  }

  #made(): Filter | string {
    return makeFilter(this.#prompt.text, this.#isInverted);
  }
}
