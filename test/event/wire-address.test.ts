/** Addresses come out as RFC 5952 writes them, whatever the kernel's words hold. */
import { describe, expect, test } from "vitest";
import { hexPairToAddress } from "../../src/event/wire-address.ts";
import { seeded } from "./seeded.ts";

/** What the probe prints for sixteen bytes in network order, read as little-endian words. */
function wordsOf(bytes: readonly number[]): readonly [string, string] {
  const word = (at: number) =>
    bytes.slice(at, at + 4).reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
  const pair = (at: number) => ((word(at) << 32n) | word(at + 4)).toString(16);
  return [pair(0), pair(8)];
}

function bytesOf(groups: readonly number[]): number[] {
  return groups.flatMap((group) => [group >> 8, group & 255]);
}

function ipv6(...groups: readonly number[]): string {
  return hexPairToAddress("a", ...wordsOf(bytesOf(groups)));
}

describe("IPv4", () => {
  test.each([
    ["0", "0.0.0.0"],
    ["100007f", "127.0.0.1"],
    ["ffffffff", "255.255.255.255"],
    ["fe", "254.0.0.0"],
    ["1fc33c6", "198.51.252.1"],
    ["ff000000", "0.0.0.255"],
  ])("%s is %s", (low, text) => {
    expect(hexPairToAddress("2", "0", low)).toBe(text);
  });
});

describe("IPv6, by RFC 5952", () => {
  test.each([
    [[0, 0, 0, 0, 0, 0, 0, 0], "::"],
    [[0, 0, 0, 0, 0, 0, 0, 1], "::1"],
    [[1, 0, 0, 0, 0, 0, 0, 0], "1::"],
    [[0x2001, 0xdb8, 0, 0, 0, 0, 2, 1], "2001:db8::2:1"],
    // 4.2.2: one group alone is not shortened.
    [[0x2001, 0xdb8, 0, 1, 1, 1, 1, 1], "2001:db8:0:1:1:1:1:1"],
    // 4.2.3: the longest run, the first of equals.
    [[0x2001, 0, 0, 1, 0, 0, 0, 1], "2001:0:0:1::1"],
    [[0x2001, 0xdb8, 0, 0, 1, 0, 0, 1], "2001:db8::1:0:0:1"],
    [[0, 0, 1, 1, 1, 1, 0, 0], "::1:1:1:1:0:0"],
    // 4.3: lower case, no leading zeros.
    [[0xfe80, 0, 0, 0, 0xab, 0xcdef, 0x12, 0x3], "fe80::ab:cdef:12:3"],
    [
      [0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff],
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ],
    // 5: the mapped form keeps its dots.
    [[0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], "::ffff:127.0.0.1"],
    [[0, 0, 0, 0, 0, 0xffff, 0, 0], "::ffff:0.0.0.0"],
    [[0, 0, 0, 0, 0xffff, 0, 0x7f00, 1], "::ffff:0:7f00:1"],
  ])("%j is %s", (groups, text) => {
    expect(ipv6(...groups)).toBe(text);
  });

  test("agrees with the URL standard's writer on 20,000 addresses", () => {
    const chance = seeded(5952);
    let compared = 0;
    for (let i = 0; i < 20_000; i++) {
      const groups = Array.from({ length: 8 }, () => (chance(2) === 0 ? 0 : chance(65_536)));
      if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) continue;
      const plain = groups.map((group) => group.toString(16)).join(":");
      expect(`[${ipv6(...groups)}]`).toBe(new URL(`http://[${plain}]`).hostname);
      compared++;
    }
    expect(compared).toBeGreaterThan(19_000);
  });
});

describe("text that bpftrace's ntop() wrote", () => {
  test.each([
    ["2", "::ffff:10.0.0.1", "10.0.0.1"],
    ["a", "::ffff:10.0.0.1", "::ffff:10.0.0.1"],
    ["a", "2001:db8::1", "2001:db8::1"],
    ["a", "::", "::"],
    // Without the family, the rule is that of the many: an IPv4 socket.
    ["0", "::ffff:10.0.0.1", "10.0.0.1"],
    ["0", "2001:db8::1", "2001:db8::1"],
  ])("family %s: %s is %s", (family, low, text) => {
    expect(hexPairToAddress(family, "0", low)).toBe(text);
  });
});

test("an address costs no more memory than the cache's limit, and stays right beyond it", () => {
  for (let i = 0; i < 140_000; i++) hexPairToAddress("2", "0", i.toString(16));
  expect(hexPairToAddress("2", "0", "100007f")).toBe("127.0.0.1");
  expect(hexPairToAddress("a", "0", "100007f")).toBe("::7f00:1");
});
