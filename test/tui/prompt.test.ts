// A line can be typed, corrected, accepted and given up.
import { afterEach, describe, expect, it } from "vitest";
import { openPrompt, type PromptState, paintPrompt, pressPrompt } from "../../src/tui/prompt.ts";
import { type Mounted, mount } from "./harness.ts";

let mounted: Mounted | null = null;

afterEach(() => {
  mounted?.close();
  mounted = null;
});

function type(prompt: PromptState, ...keys: string[]): PromptState {
  let state = prompt;
  for (const key of keys) {
    const step = pressPrompt(state, key, [...key].length === 1 ? key : null);
    if (step.kind !== "editing") throw new Error(`${key} ended the prompt`);
    state = step.prompt;
  }
  return state;
}

describe("pressPrompt", () => {
  it.each([
    [["a", "b", "c"], "abc", 3],
    [["a", "b", "left", "x"], "axb", 2],
    [["a", "b", "backspace"], "a", 1],
    [["a", "b", "home", "delete"], "b", 0],
    [["a", "b", "home", "right", "x", "end", "y"], "axby", 4],
    [["a", "b", "C-u", "c"], "c", 1],
    [["数", "据", "backspace"], "数", 1],
    [["up", "f1"], "", 0],
    [["backspace", "left", "delete"], "", 0],
  ])("%j makes %j with the cursor at %i", (keys, text, at) => {
    expect(type(openPrompt("/"), ...keys)).toEqual({ label: "/", text, at });
  });

  it("takes the last word away", () => {
    expect(type(openPrompt("/", "one two  "), "C-w").text).toBe("one ");
  });

  it("is done on Enter and cancelled on Escape and ^C", () => {
    const prompt = openPrompt("/", "nginx");
    expect(pressPrompt(prompt, "enter", null)).toEqual({ kind: "done", text: "nginx" });
    expect(pressPrompt(prompt, "escape", null)).toEqual({ kind: "cancelled" });
    expect(pressPrompt(prompt, "C-c", null)).toEqual({ kind: "cancelled" });
  });
});

describe("paintPrompt", () => {
  it("shows the end of a line that is too long, with the cursor in sight", async () => {
    const screen = mount(20, 1);
    mounted = screen;
    await screen.draw((painter) =>
      paintPrompt(painter, openPrompt("/", "abcdefghijklmnopqrstuvwxyz")),
    );
    expect(screen.text()).toBe("/ jklmnopqrstuvwxyz");
    expect(screen.cell(19, 0)?.isBgDefault()).toBe(false);
    expect(screen.cell(18, 0)?.isBgDefault()).toBe(true);
  });

  it("puts the cursor on the character that it stands before, wide ones included", async () => {
    const screen = mount(20, 1);
    mounted = screen;
    await screen.draw((painter) => paintPrompt(painter, type(openPrompt("/"), "数", "a", "left")));
    expect(screen.text()).toBe("/ 数a");
    expect(screen.cell(4, 0)?.isBgDefault()).toBe(false);
  });
});
