/** What counts as a yes. */
import { expect, it } from "vitest";
import { isYes } from "../../bin/setup/ask.js";

it.each(["", "y", "Y", "yes", " Yes ", "\r"])("takes %j for a yes", (line) => {
  expect(isYes(line)).toBe(true);
});

it.each(["n", "no", "yesterday", "ye", "q", null])("takes %j for a no", (line) => {
  expect(isYes(line)).toBe(false);
});
