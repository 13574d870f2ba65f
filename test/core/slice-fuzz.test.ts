/** Slices of disorder: any window and any endpoint tell what the whole tells. */
import { expect, test } from "vitest";
import { seeded } from "../event/seeded.ts";
import { expectSameStories, tryCut } from "./cutting.ts";
import { disorder } from "./disorder.ts";

/** The first, and those of the first 1,000 that once found a fault. */
const SEEDS = [...Array.from({ length: 40 }, (_, i) => i + 1), 84, 185, 661];

test("any window and any endpoint of some recordings", () => {
  let endpoints = 0;
  for (const seed of SEEDS) {
    const whole = disorder(seed, 150);
    const chance = seeded(seed * 7919);
    for (let i = 0; i < 4; i++) {
      const from = chance(whole.endNs);
      const to = from + chance(whole.endNs - from);
      const id = `e${1 + chance(20)}`;
      const wanted = i % 2 === 0 ? {} : { endpoints: [id] };
      const made = tryCut(whole, { fromNs: from, toNs: to, ...wanted });
      if (typeof made === "string") continue;
      endpoints += made.plan.ids.size;
      try {
        expectSameStories(made);
      } catch (error) {
        throw new Error(`seed ${seed}, ${from} to ${to}, ${JSON.stringify(wanted)}`, {
          cause: error,
        });
      }
    }
  }
  expect(endpoints).toBeGreaterThan(800);
});
