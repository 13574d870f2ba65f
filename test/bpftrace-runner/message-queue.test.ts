/** The queue keeps order and limit, whoever is faster. */
import { describe, expect, test } from "vitest";
import { MessageDecoder } from "../../src/bpftrace-runner/message-decoder.ts";
import { MessageQueue } from "../../src/bpftrace-runner/message-queue.ts";
import { printed } from "./fake.ts";

function chunk(...texts: readonly string[]): Buffer {
  const lines = texts.map((data) => `${JSON.stringify({ type: "printf", data })}\n`);
  return Buffer.from(lines.join(""));
}

function queueOf(maxBytes = 1024 * 1024) {
  return new MessageQueue(new MessageDecoder(1024), maxBytes);
}

describe("MessageQueue", () => {
  test("hands out early messages, then chunks, then the unfinished line", async () => {
    const queue = queueOf();
    queue.pushEarly([{ type: "attached_probes", probes: 1 }]);
    queue.push(chunk("a", "b"));
    queue.push(chunk("c").subarray(0, -1));
    queue.end();
    const batches = [await queue.next(), await queue.next(), await queue.next()];
    expect(batches.map((batch) => batch && printed(batch))).toEqual([["a", "b"], ["c"], undefined]);
    expect(batches[0]?.[0]).toEqual({ type: "attached_probes", probes: 1 });
  });

  test("wakes a waiting consumer, but not for half a line", async () => {
    const queue = queueOf();
    const next = queue.next();
    const whole = chunk("a");
    queue.push(whole.subarray(0, 5));
    queue.push(whole.subarray(5));
    expect(await next).toEqual([{ type: "printf", data: "a" }]);
  });

  test("is full above its limit and drained at half of it", async () => {
    const queue = queueOf(100 * 1024);
    let drained = 0;
    queue.onDrained = () => {
      drained += 1;
    };
    const big = chunk(...Array.from({ length: 200 }, () => "x".repeat(100)));
    let pushed = 0;
    while (!queue.isFull) {
      queue.push(big);
      pushed += 1;
    }
    expect(pushed).toBe(Math.floor((100 * 1024) / (big.length + 256)) + 1);
    expect(drained).toBe(0);
    await queue.next();
    expect(queue.isFull).toBe(false);
    expect(drained).toBe(1);
  });

  test("counts what tiny chunks cost", () => {
    const queue = queueOf(100 * 1024);
    for (let n = 0; n < 1000; n += 1) queue.push(Buffer.from("x"));
    expect(queue.isFull).toBe(true);
  });

  test("never fills up under a listener", () => {
    const queue = queueOf(1);
    const seen: string[] = [];
    queue.push(chunk("a"));
    expect(queue.isFull).toBe(true);
    queue.listen((batch) => seen.push(...printed(batch)));
    queue.push(chunk("b"));
    expect(queue.isFull).toBe(false);
    queue.push(Buffer.from('{"type": "printf", "data": "c"}'));
    queue.end();
    expect(seen).toEqual(["a", "b", "c"]);
  });

  test("keeps order over many chunks and takings", async () => {
    const queue = queueOf();
    const seen: string[] = [];
    let sent = 0;
    for (let round = 0; round < 50; round += 1) {
      for (let n = 0; n <= round; n += 1) queue.push(chunk(String(sent++)));
      seen.push(...printed((await queue.next()) ?? []));
    }
    expect(seen).toEqual(Array.from({ length: sent }, (_, n) => String(n)));
  });
});
