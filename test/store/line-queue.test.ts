/** Lines become the bytes of a batch as they come. */
import { expect, test } from "vitest";
import { withChecksum } from "../../src/store/checksum.ts";
import { LineQueue } from "../../src/store/line-queue.ts";

function batchOf(queue: LineQueue, lines: readonly string[]) {
  for (const [t, line] of lines.entries()) queue.push(line, t);
  return queue.take();
}

test.each<[string, readonly string[]]>([
  ["one line", ["{}"]],
  ["characters of one to four bytes", ['{"comm":"aä€😀"}', '{"comm":"ÿ"}', "é".repeat(70_000)]],
  ["more than a first room holds", Array.from({ length: 4000 }, (_, i) => `{"t":${i},"ü":1}`)],
])("the bytes of %s are those of the whole text, with its checksum", (_, lines) => {
  const queue = new LineQueue();
  const text = `${lines.join("\n")}\n`;
  for (let round = 0; round < 3; round++) {
    const batch = batchOf(queue, lines);
    expect(batch.bytes.equals(withChecksum(text))).toBe(true);
    expect(batch.loss).toEqual({ count: lines.length, fromNs: 0, untilNs: lines.length - 1 });
    queue.giveBack(batch);
  }
});

test("a batch that is being written stays as it is while the next one fills", () => {
  const queue = new LineQueue();
  queue.giveBack(batchOf(queue, ["x".repeat(200)]));
  const first = batchOf(queue, ["one"]);
  const second = batchOf(queue, ["two, which is longer"]);
  expect(first.bytes.toString()).toBe(withChecksum("one\n").toString());
  expect(second.bytes.toString()).toBe(withChecksum("two, which is longer\n").toString());
});

test("counts bytes, and nothing is left of what was taken or left out", () => {
  const queue = new LineQueue();
  queue.push("ä", 5);
  expect([queue.size, queue.bytes]).toEqual([1, 3]);
  expect(queue.drop()).toEqual({ count: 1, fromNs: 5, untilNs: 5 });
  expect([queue.size, queue.bytes, queue.take().bytes.length]).toEqual([0, 0, 0]);
});
