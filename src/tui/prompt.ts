// Edits one line of text: what the filter and the jump to a time are typed into.
import type { Painter } from "./painter.ts";
import { cutText, textWidth } from "./text.ts";

/** A line being typed; `at` counts code points before the cursor. */
export interface PromptState {
  readonly label: string;
  readonly text: string;
  readonly at: number;
}

/** What a key made of a prompt. */
export type PromptStep =
  | { readonly kind: "editing"; readonly prompt: PromptState }
  | { readonly kind: "done"; readonly text: string }
  | { readonly kind: "cancelled" };

/** Open a prompt with the cursor behind its text. */
export function openPrompt(label: string, text = ""): PromptState {
  return { label, text, at: [...text].length };
}

/**
 * Apply one key to a prompt: a new state, never a change in place.
 *
 * Enter is done, Escape and ^C cancel, ^U empties, ^W takes the last word away; what types a
 * character inserts it, all other keys do nothing.
 */
export function pressPrompt(
  prompt: PromptState,
  key: string,
  character: string | null,
): PromptStep {
  if (key === "enter") return { kind: "done", text: prompt.text };
  if (key === "escape" || key === "C-c") return { kind: "cancelled" };
  const chars = [...prompt.text];
  const before = chars.slice(0, prompt.at);
  const after = chars.slice(prompt.at);
  const edited = (left: readonly string[], right: readonly string[]): PromptStep => ({
    kind: "editing",
    prompt: { ...prompt, text: [...left, ...right].join(""), at: left.length },
  });
  if (character !== null) return edited([...before, character], after);
  switch (key) {
    case "backspace":
      return edited(before.slice(0, -1), after);
    case "delete":
      return edited(before, after.slice(1));
    case "left":
      return edited(before.slice(0, -1), [...before.slice(-1), ...after]);
    case "right":
      return edited([...before, ...after.slice(0, 1)], after.slice(1));
    case "home":
    case "C-a":
      return edited([], chars);
    case "end":
    case "C-e":
      return edited(chars, []);
    case "C-u":
      return edited([], after);
    case "C-w":
      return edited([...before.join("").replace(/\S*\s*$/, "")], after);
    default:
      return { kind: "editing", prompt };
  }
}

/** What is said beside a prompt: what is wrong with the text, or what it could be. */
export interface PromptRemark {
  readonly text: string;
  readonly isError: boolean;
}

/** The remark stands behind the text as far as there is room, and leaves this much for the text. */
const LEAST_TEXT = 20;

/** Paint a prompt into the first line of a painter, the cursor as an inverse cell, always visible. */
export function paintPrompt(
  painter: Painter,
  prompt: PromptState & { readonly remark?: PromptRemark },
): void {
  painter.fill({ x: 0, y: 0, width: painter.width, height: 1 });
  const from = painter.text(0, 0, `${prompt.label} `, "accent");
  const { remark } = prompt;
  const kept = Math.max(LEAST_TEXT, painter.measure(prompt.text) + 1);
  const spare = painter.width - from - kept - 2;
  const remarkWidth = remark === undefined || spare < 12 ? 0 : spare;
  const room = painter.width - from - 1 - (remarkWidth > 0 ? remarkWidth + 1 : 0);
  if (room < 1) return;
  const chars = [...prompt.text];
  let start = 0;
  while (textWidth(chars.slice(start, prompt.at).join("")) > room) start++;
  const visible = chars.slice(start);
  const cursor = painter.measure(visible.slice(0, prompt.at - start).join(""));
  painter.text(from, 0, cutText(visible.join(""), room + 1, painter.unicode));
  painter.tint(from + cursor, 0, 1, "selection");
  if (remark === undefined || remarkWidth === 0) return;
  const text = cutText(remark.text, remarkWidth, painter.unicode);
  painter.textRight(painter.width - 1, 0, text, remark.isError ? "warn" : "muted");
}
