/** The set of ids: what a set of text would say, in far less memory. */
import { describe, expect, test } from "vitest";
import { IdSet, numberOf } from "../../src/core/id-set.ts";
import { seeded } from "../event/seeded.ts";

/** Numbers near 0, at the edges of 32 bits and far beyond, alone and in runs. */
const BASES = [0, 31, 32, 2 ** 31 - 3, 2 ** 32 - 3, 2 ** 45];

const byNumber = (a: string, b: string) => numberOf(a) - numberOf(b);

describe("a set of ids", () => {
  test("says what a set of text would, whatever is put in and taken out", () => {
    const chance = seeded(23);
    const model = new Set<string>();
    const ids = new IdSet();
    for (let round = 0; round < 60; round++) {
      const more = new IdSet();
      for (let i = chance(200); i > 0; i--) {
        const no = (BASES[chance(BASES.length)] as number) + chance(90);
        if (chance(2) === 0) ids.add(no);
        else more.add(no);
        model.add(`e${no}`);
      }
      ids.addAll(more);
      if (chance(4) === 0) {
        const remainder = chance(3);
        const isKept = (id: string) => numberOf(id) % 3 !== remainder;
        ids.filter(isKept);
        for (const id of model) if (!isKept(id)) model.delete(id);
      }
      expect(ids.size).toBe(model.size);
      expect([...ids].sort(byNumber)).toEqual([...model].sort(byNumber));
    }
    expect(ids.size).toBeGreaterThan(100);
  });

  test("a copy goes its own way, and a list makes the same set", () => {
    const ids = new IdSet(["e7", "e8", "e8", "e4000000000"]);
    const copy = ids.copy();
    copy.add(9);
    expect([...ids]).toEqual(["e7", "e8", "e4000000000"]);
    expect([...copy]).toEqual(["e7", "e8", "e9", "e4000000000"]);
  });
});
