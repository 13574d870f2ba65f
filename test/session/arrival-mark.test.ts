/** Records are awaited as long as older ones may come, and never for long. */
import { expect, test } from "vitest";
import { ArrivalMark } from "../../src/session/arrival-mark.ts";

/** The marks of so many ticks at one moment. */
function ticks(mark: ArrivalMark, count: number, now: number): number[] {
  return Array.from({ length: count }, () => mark.tick(now));
}

test("what has come is sure after three more ticks without anything older to come", () => {
  const mark = new ArrivalMark();
  mark.note(5e9);
  expect(ticks(mark, 3, 5.1e9).every((until) => until < 5e9)).toBe(true);
  expect(mark.tick(5.4e9)).toBe(5e9);
});

test("how late it came makes no difference", () => {
  const mark = new ArrivalMark();
  ticks(mark, 10, 6e9);
  mark.note(5e9);
  mark.note(4e9);
  expect(ticks(mark, 3, 6.5e9).every((until) => until < 4e9)).toBe(true);
  expect(mark.tick(6.5e9)).toBe(5e9);
});

test("it keeps up with a stream", () => {
  const mark = new ArrivalMark();
  const marks = Array.from({ length: 50 }, (_, i) => {
    mark.note(i * 0.1e9);
    return mark.tick(i * 0.1e9);
  });
  expect(marks.slice(3)).toEqual(Array.from({ length: 47 }, (_, i) => i * 0.1e9));
});

test("nothing is awaited longer than three seconds", () => {
  const mark = new ArrivalMark();
  expect(mark.tick(10e9)).toBe(7e9);
  mark.note(1e9);
  expect(ticks(mark, 5, 20e9).at(-1)).toBe(17e9);
});
