/** What the probes are told to leave out: numbers alone, and never more than what is not wanted. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { KernelFilter } from "../../src/session/kernel-filter.ts";
import { parseNetwork } from "../../src/tui/network.ts";

const PROBES = new URL("../../probes/", import.meta.url);

function networks(...texts: string[]) {
  return texts.map((text) => {
    const network = parseNetwork(text);
    if (network === null) throw new Error(`${text} is no network`);
    return network;
  });
}

const filterOf = (...texts: string[]) => new KernelFilter({ networks: networks(...texts) });

describe("a network's numbers", () => {
  test.each<[string, readonly number[]]>([
    ["10.0.0.0/8", [0xff, 10]],
    ["192.0.2.77/25", [0x80ffffff, 0x000200c0]],
    ["127.0.0.1", [0xffffffff, 0x0100007f]],
    ["0.0.0.0/0", [0, 0]],
    ["2001:db8:1:2::/64", [0xffffffff, 0xb80d0120, 0xffffffff, 0x02000100]],
    ["fe80::/10", [0xc0ff, 0x80fe, 0, 0]],
    // The rest is compared in user space.
    ["::1", [0xffffffff, 0, 0xffffffff, 0]],
  ])("%s is %j, as the kernel holds it", (text, parameters) => {
    expect(filterOf(text).networkParameters).toEqual(parameters);
  });
});

describe("the program", () => {
  const fragment = "/($1 == 0 || $sk->__sk_common.skc_net.net->ns.inum == $1) && 1/";

  test("is as it was without a network", () => {
    expect(new KernelFilter({ ports: [80] }).narrow(fragment, 10)).toBe(fragment);
  });

  test("compares both ends with each network, by the parameters' numbers", () => {
    expect(filterOf("10.0.0.0/8").narrow(fragment, 10)).toBe(
      "/($1 == 0 || $sk->__sk_common.skc_net.net->ns.inum == $1) && (uint64)$sk->__sk_common.skc_dport * " +
        "((((((uint64)$sk->__sk_common.skc_rcv_saddr & $10) ^ $11)) + 0xffffffff) >> 32) * " +
        "((((((uint64)$sk->__sk_common.skc_daddr & $10) ^ $11)) + 0xffffffff) >> 32) == 0 && 1/",
    );
    const both = filterOf("10.0.0.0/8", "fd00::/8");
    const narrowed = both.narrow(fragment, 20);
    const used = [...narrowed.matchAll(/\$(2\d)\b/g)].map(([, number]) => Number(number));
    expect(new Set(used)).toEqual(new Set([20, 21, 22, 23, 24, 25]));
    expect(both.networkParameters).toHaveLength(6);
  });

  test("is narrowed in every fragment that compares the namespace, once for each time", () => {
    for (const name of readdirSync(PROBES)) {
      const text = readFileSync(new URL(name, PROBES), "utf8");
      const times = text.match(/\$1\b(?! namespace)/g)?.length ?? 0;
      const narrowed = filterOf("10.0.0.0/8").narrow(text, 10);
      expect(narrowed.match(/skc_daddr & \$10/g)?.length ?? 0, name).toBe(times / 2);
    }
  });
});

test("what is too much for the probes is left to user space, and said", () => {
  const few = new KernelFilter({
    ports: [1, 2, 3, 4],
    networks: networks("::1", "10.0.0.0/8", "127.0.0.1"),
  });
  expect(few.left).toEqual([]);
  const many = new KernelFilter({
    ports: [1, 2, 3, 4, 5],
    networks: networks("::1", "fd00::/8", "fe80::/10"),
  });
  expect(many.left).toHaveLength(2);
  expect(many.parameters).toEqual([0, 0, 0, 0, 0]);
  expect(many.networkParameters).toEqual([]);
  const blind = new KernelFilter({ networks: networks("10.0.0.0/8") }, false);
  expect(blind.left).toEqual([expect.stringContaining("BTF")]);
  expect(blind.networkParameters).toEqual([]);
  expect(new KernelFilter({ ports: [80] }, false).left).toEqual([]);
});

describe("a row of the socket table", () => {
  const row = {
    type: "snapshot" as const,
    ...{ t: 0, since: 0, dump: 1, state: "ESTABLISHED" as const, netns: 7, inode: 1, uid: 0 },
    ...{ recvQ: 0, sendQ: 0, timer: null, timerMs: null, retries: 0, cookie: null },
    ...{ local: "10.0.0.1", localPort: 4000, remote: "::ffff:192.0.2.1", remotePort: 443 },
  };

  test.each([
    [{ ports: [443] }, true],
    [{ ports: [80] }, false],
    [{ networks: networks("192.0.2.0/24") }, true],
    [{ networks: networks("192.0.3.0/24") }, false],
    // The probes tell of all of them.
    [{ ports: [1, 2, 3, 4, 5] }, true],
  ])("with %j passes: %s", (wanted, passes) => {
    expect(new KernelFilter(wanted).passes(row)).toBe(passes);
  });

  test("a listener always does", () => {
    expect(new KernelFilter({ ports: [80] }).passes({ ...row, state: "LISTEN" })).toBe(true);
  });
});
