/** Endpoints are found by socket and by pair, however many come and go, and however addresses fall. */
import { expect, test } from "vitest";
import { EndpointRecord } from "../../src/core/endpoint-record.ts";
import { mixed } from "../../src/core/hash.ts";
import { PairIndex } from "../../src/core/pair-index.ts";
import { SocketIndex } from "../../src/core/socket-index.ts";
import type { SocketTuple } from "../../src/event/trace-event.ts";
import { seeded } from "../event/seeded.ts";

let births = 0;

function record(tuple: Partial<SocketTuple>, sk: string | null = null): EndpointRecord {
  const whole = { netns: 1, local: "10.0.0.1", localPort: 1, remote: "10.0.0.2", remotePort: 2 };
  return new EndpointRecord(++births, { ...whole, ...tuple }, sk, "ESTABLISHED", births);
}

test("a socket is found while it is in, through growth and back", () => {
  const index = new SocketIndex();
  const model = new Map<string, EndpointRecord>();
  const chance = seeded(3);
  const address = () => `ffff8881${(chance(20_000) * 2432).toString(16).padStart(8, "0")}`;
  let wrong = 0;
  for (let round = 0; round < 30_000; round++) {
    const sk = address();
    const known = model.get(sk);
    if (index.get(sk) !== known) wrong++;
    if (known !== undefined) {
      index.remove(known);
      model.delete(sk);
      continue;
    }
    const made = record({}, sk);
    index.add(made);
    model.set(sk, made);
  }
  expect(model.size).toBeGreaterThan(5000);
  for (const [sk, each] of model) if (index.get(sk) !== each) wrong++;
  for (const each of model.values()) index.remove(each);
  for (const sk of model.keys()) if (index.get(sk) !== undefined) wrong++;
  expect(wrong).toBe(0);
});

test("both ends of a pair share a chain, in whatever family each of them writes it", () => {
  const index = new PairIndex();
  const client = record({ localPort: 40_000, remotePort: 443 });
  const server = record({
    local: "::ffff:10.0.0.2",
    localPort: 443,
    remote: "::ffff:10.0.0.1",
    remotePort: 40_000,
  });
  const elsewhere = record({ ...server.tuple, netns: 2 });
  for (let i = 0; i < 5000; i++) index.add(record({ localPort: 50_000, remote: `10.9.${i}.1` }));
  for (const each of [client, server, elsewhere]) index.add(each);
  expect(index.get(server.tuple)).toBe(server);
  expect(index.facing(client)).toEqual([elsewhere, server]);
  expect(index.facing(server)).toEqual([client]);
  expect(index.remove(server)).toBe(true);
  expect(index.remove(server)).toBe(false);
  expect(index.facing(client)).toEqual([elsewhere]);
  expect(server.nextOfPair).toBeNull();
});

test("of two with one tuple the newer is found, and then the older", () => {
  const index = new PairIndex();
  const [older, newer] = [record({}), record({})];
  index.add(older);
  index.add(newer);
  for (let i = 0; i < 5000; i++) index.add(record({ remote: `10.9.${i}.1` }));
  expect(index.get(older.tuple)).toBe(newer);
  index.remove(newer);
  expect(index.get(older.tuple)).toBe(older);
});

test("addresses that follow one another fall into different chains", () => {
  const longest = (hashes: Iterable<number>) => {
    const counts = new Map<number, number>();
    for (const hash of hashes) {
      const low = mixed(hash) & 4095;
      counts.set(low, (counts.get(low) ?? 0) + 1);
    }
    return Math.max(...counts.values());
  };
  // As many as there are chains: by chance alone the longest has seven or eight.
  for (const step of [1, 64, 2432, 4096, 65_536]) {
    expect(longest(Array.from({ length: 4096 }, (_, i) => i * step))).toBeLessThan(16);
  }
});
