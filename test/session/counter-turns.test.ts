/** A namespace that costs a process to read is read while something happens there, else seldom. */
import { expect, test } from "vitest";
import { CounterTurns } from "../../src/session/counter-turns.ts";

/** At which of so many turns namespace 7 is due; events come in it before the turns named. */
function dueAt(turns: CounterTurns, count: number, events: readonly number[] = []): number[] {
  const due: number[] = [];
  for (let turn = 1; turn <= count; turn++) {
    if (events.includes(turn)) turns.note(7);
    turns.begin();
    if (turns.isDue(7)) due.push(turn);
  }
  return due;
}

test("a quiet one has its turn at long intervals", () => {
  expect(dueAt(new CounterTurns(), 180)).toEqual([60, 120, 180]);
});

test("one in which something happens has every turn, and a few after it", () => {
  expect(dueAt(new CounterTurns(), 14, [3, 4])).toEqual([3, 4, 5, 6, 7, 8]);
});

test("what happens elsewhere, or before it was gone, gives no turn", () => {
  const turns = new CounterTurns();
  turns.note(8);
  turns.note(7);
  turns.forget(7);
  expect(dueAt(turns, 14)).toEqual([]);
});
