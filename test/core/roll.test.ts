/** The roll of endpoints: found by id, listed by number, whatever comes and goes meanwhile. */
import { describe, expect, test } from "vitest";
import { EndpointRecord } from "../../src/core/endpoint-record.ts";
import { Roll } from "../../src/core/roll.ts";
import { seeded } from "../event/seeded.ts";

const tuple = { netns: 1, local: "10.0.0.1", localPort: 1, remote: "10.0.0.2", remotePort: 2 };

function record(no: number): EndpointRecord {
  return new EndpointRecord(no, tuple, null, "ESTABLISHED", 0);
}

function numbers(roll: Roll): number[] {
  return [...roll].map(({ no }) => no);
}

describe("the roll", () => {
  test("says what a map would, whoever goes first", () => {
    const chance = seeded(11);
    const roll = new Roll();
    const model = new Map<number, EndpointRecord>();
    let no = 0;
    for (let round = 0; round < 40; round++) {
      for (let i = chance(400); i > 0; i--) {
        no += 1 + chance(3);
        const each = record(no);
        roll.add(each);
        model.set(no, each);
      }
      // The oldest, or any; now and then nearly all.
      const living = [...model.values()];
      const goes = round % 9 === 8 ? living.length - 3 : chance(350);
      for (let i = 0; i < goes; i++) {
        const each = living[chance(2) === 0 ? i : chance(living.length)];
        if (each === undefined || !model.delete(each.no)) continue;
        roll.remove(each);
        roll.remove(each);
      }
      expect(roll.size).toBe(model.size);
      expect(numbers(roll)).toEqual([...model.keys()]);
      expect(roll.first?.no).toBe(model.keys().next().value);
      for (let i = 0; i < 50; i++) {
        const asked = chance(no + 2);
        expect(roll.get(`e${asked}`)).toBe(model.get(asked));
      }
    }
  });

  test("takes a number from between", () => {
    const roll = new Roll();
    for (const no of [5, 9, 2, 7, 1]) roll.add(record(no));
    expect(numbers(roll)).toEqual([1, 2, 5, 7, 9]);
  });

  test.each(["", "e", "e0", "e01", "e1.5", "e-1", "1", "E1", "e1 ", "e999999999999999999"])(
    "%j is nobody",
    (id) => {
      const roll = new Roll();
      expect(roll.has(id)).toBe(false);
      roll.add(record(1));
      expect(roll.has(id)).toBe(false);
      expect(roll.has("e1")).toBe(true);
    },
  );

  test("is read on while those already read, and those to come, leave it", () => {
    const roll = new Roll();
    const all = Array.from({ length: 3000 }, (_, i) => record(i + 1));
    for (const each of all) roll.add(each);
    const seen: number[] = [];
    for (const { no } of roll) {
      seen.push(no);
      if (no % 2 === 1) roll.remove(all[no] as EndpointRecord);
      if (no % 3 === 0) roll.remove(all[no - 1] as EndpointRecord);
      if (no === 2999) roll.add(record(4000));
    }
    expect(seen).toEqual([...all.filter(({ no }) => no % 2 === 1).map(({ no }) => no), 4000]);
  });
});
