/** Which ports connect() may choose, who holds them, and when they run out. */
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { EndpointTable } from "../../src/core/endpoint-table.ts";
import { parseEphemeralPorts } from "../../src/core/ephemeral-ports.ts";
import { secondsUntilFull } from "../../src/core/port-forecast.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { SocketTuple } from "../../src/event/trace-event.ts";
import { seeded } from "../event/seeded.ts";

describe("ephemeral ports", () => {
  test.each([
    ["32768 60999", "", 28_232],
    ["32768\t60999\n", "40000", 28_231],
    ["1024 65535", "8080,9000-9010", 64_500],
    ["100 109", "90-104,103-105,200", 4],
    ["100 109", "1-65535", 1],
    ["7 7", "", 1],
  ])("%j less %j: %d", (range, reserved, count) => {
    expect(parseEphemeralPorts(range, reserved)).toMatchObject({ count, isAssumed: false });
  });

  test.each([undefined, "", "1", "5 4", "0 9", "1 70000", "a b", "1 2 3"])(
    "%j is no range: the kernel's default stands in",
    (range) => {
      const ports = parseEphemeralPorts(range, "40000");
      expect(ports).toMatchObject({ low: 32_768, high: 60_999, count: 28_231, isAssumed: true });
    },
  );

  test("a list of nonsense reserves nothing", () => {
    expect(parseEphemeralPorts("100 109", "x,-5,9-,1000000,,").count).toBe(10);
  });

  test("count and has() agree, whatever is reserved", () => {
    const chance = seeded(7);
    for (let round = 0; round < 200; round++) {
      const low = 1 + chance(500);
      const high = low + chance(300);
      const parts = Array.from({ length: chance(8) }, () => {
        const first = chance(900);
        return chance(2) === 0 ? `${first}` : `${first}-${first + chance(90)}`;
      });
      const ports = parseEphemeralPorts(`${low} ${high}`, parts.join(","));
      let chosen = 0;
      for (let port = 0; port <= 1300; port++) if (ports.has(port)) chosen++;
      expect(ports.count).toBe(Math.max(1, chosen));
    }
  });
});

describe("what the table counts", () => {
  const tuple = (change: Partial<SocketTuple> = {}): SocketTuple => ({
    netns: 1,
    local: "10.0.0.1",
    localPort: 40_000,
    remote: "10.0.0.2",
    remotePort: 443,
    ...change,
  });
  const table = () => new EndpointTable(100, 1000, () => {});
  const add = (to: EndpointTable, change: Partial<SocketTuple>, state: TcpState = "SYN_SENT") =>
    to.add(tuple(change), null, state, 0);

  test("outgoing connections by destination, mapped addresses with their own", () => {
    const of = table();
    add(of, { localPort: 1 });
    add(of, { localPort: 2, local: "::ffff:10.0.0.1", remote: "::ffff:10.0.0.2" });
    add(of, { localPort: 3, netns: 2 });
    add(of, { localPort: 4, remotePort: 80 });
    add(of, { localPort: 5, local: "10.0.0.9" });
    expect([...of.ports.groups()].map(({ used }) => used)).toEqual([2]);
    expect(of.ports.towards(tuple())?.used).toBe(2);
  });

  test("no connection that a listener took, nor an old one that came in", () => {
    const of = table();
    const incoming = { localPort: 443, remotePort: 50_000 };
    add(of, incoming, "SYN_RECV");
    add(of, { localPort: 50_001, remotePort: 50_000 }, "SYN_RECV");
    add(of, { ...incoming, local: "10.0.0.5" }, "ESTABLISHED");
    expect(of.ports.towards(tuple({ remotePort: 50_000 }))).toBeUndefined();
  });

  test("a port is taken when it is known, and given back at the end", () => {
    const of = table();
    const endpoint = add(of, { localPort: 0 });
    expect(of.ports.towards(tuple())).toBeUndefined();
    of.retuple(endpoint, tuple());
    expect(of.ports.towards(tuple())?.used).toBe(1);
    of.end(endpoint, 1);
    expect(of.ports.towards(tuple())).toBeUndefined();
    expect(endpoint.ports).toBeNull();
  });

  test("mini-sockets, in every namespace, until they go", () => {
    const of = table();
    const minis = [add(of, { localPort: 1 }), add(of, { localPort: 2 }), add(of, { netns: 7 })];
    for (const endpoint of minis) {
      of.ports.becameMini(endpoint);
      endpoint.isMini = true;
    }
    expect([...of.ports.minis()]).toEqual([
      [1, 2],
      [7, 1],
    ]);
    expect(of.ports.towards(tuple())).toMatchObject({ used: 2, minis: 2 });
    for (const endpoint of minis) of.end(endpoint, 1);
    expect([...of.ports.minis().values()]).toEqual([0, 0]);
    expect([...of.ports.groups()]).toEqual([]);
  });

  test("whoever is forgotten for want of room gives the port back too", () => {
    const of = new EndpointTable(100, 2, () => {});
    for (let i = 1; i <= 5; i++) add(of, { localPort: 50_000 + i }, "ESTABLISHED");
    expect(of.alive).toBe(2);
    expect(of.ports.towards(tuple())?.used).toBe(2);
    expect(of.evictedAlive).toBe(3);
  });
});

describe("the forecast", () => {
  const holders = (count: number, expiresAt: (i: number) => number | null) =>
    Array.from({ length: count }, (_, i) => {
      const at = expiresAt(i);
      return { isMini: at !== null, expiresAt: at } as Endpoint;
    });
  const held = (count: number) => holders(count, () => null);

  test("ports that nobody gives back", () => {
    expect(secondsUntilFull(held(100), 10, 200, 0, 60)).toBe(10);
    expect(secondsUntilFull(held(100), 1, 200, 0, 60)).toBeNull();
    expect(secondsUntilFull(held(200), 1, 200, 0, 60)).toBe(1);
  });

  test("no growth, no end", () => {
    expect(secondsUntilFull(held(199), 0, 200, 0, 60)).toBeNull();
  });

  test("ports that TIME_WAIT gives back in time are not counted twice", () => {
    const now = 1000e9;
    const steady = (perSecond: number) =>
      holders(perSecond * 30, (i) => now + (30 + i / perSecond) * 1e9);
    // 30 s of TIME_WAIT so far: 60 s of it is where it stays.
    expect(secondsUntilFull(steady(10), 10, 700, now, 60)).toBeNull();
    expect(secondsUntilFull(steady(10), 10, 550, now, 60)).toBe(25);
    expect(secondsUntilFull(steady(10), 10, 700, now, 3600)).toBeNull();
  });
});
