/** A dump of some connections only, by their ports. */
import { expect, test } from "vitest";
import { portPair } from "../../src/event/tuple.ts";
import { showsPair, ssPortFilter } from "../../src/host/port-pairs.ts";

const pairs = new Set([portPair(80, 40_000), portPair(65_535, 1)]);

test("the kernel is asked for each pair", () => {
  expect(ssPortFilter(pairs).join(" ")).toBe(
    "( sport = :80 and dport = :40000 ) or ( sport = :65535 and dport = :1 )",
  );
});

test("the kernel is not asked for so many that each socket would be compared for long", () => {
  const many = new Set(Array.from({ length: 65 }, (_, i) => portPair(80, i)));
  expect(ssPortFilter(many)).toEqual([]);
});

test.each([
  [
    "TIME-WAIT 0      0          127.0.0.1:80   127.0.0.1:40000 timer:(timewait,59sec,0) ino:0",
    true,
  ],
  ["0      0      [::ffff:127.0.0.1]:65535 [fe80::1]%eth0:1", true],
  ["ESTAB 0      0          127.0.0.1:40000   127.0.0.1:80", false],
  ["LISTEN 0     128        *:80   *:*", true],
  ["no row at all", true],
])("%s", (line, isShown) => {
  expect(showsPair(line, pairs)).toBe(isShown);
});
