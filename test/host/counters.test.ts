/** Counters by name, in whatever column the kernel puts them. */
import { expect, test } from "vitest";
import { changed } from "../../src/host/changed.ts";
import { parseCounters, parseSockstat } from "../../src/host/counters.ts";
import { fixture } from "./fixture.ts";

test("a captured netstat has all the wanted extensions and nothing else", () => {
  const counters = parseCounters(fixture("netstat.txt"));
  expect(Object.keys(counters)).toHaveLength(18);
  expect(counters).toMatchObject({
    "TcpExt.TCPTimeouts": expect.any(Number),
    "TcpExt.TCPDSACKOldSent": expect.any(Number),
    "TcpExt.TW": expect.any(Number),
  });
});

test("a captured snmp has the wanted counters of TCP and none of IP", () => {
  expect(Object.keys(parseCounters(fixture("snmp.txt"))).sort()).toEqual([
    "Tcp.ActiveOpens",
    "Tcp.AttemptFails",
    "Tcp.EstabResets",
    "Tcp.OutRsts",
    "Tcp.PassiveOpens",
    "Tcp.RetransSegs",
  ]);
});

test("columns go by their names, an older kernel's order and number included", () => {
  const text = "TcpExt: ArpFilter TCPTimeouts TW\nTcpExt: 9 3 5\nIpExt: TW\nIpExt: 7\n";
  expect(parseCounters(text)).toEqual({ "TcpExt.TCPTimeouts": 3, "TcpExt.TW": 5 });
});

test("sockstat gives TCP of both families", () => {
  const text = "sockets: used 17\nTCP: inuse 1 orphan 2 tw 3 alloc 4 mem 36\nUDP: inuse 9 mem 0\n";
  expect(parseSockstat(`${text}TCP6: inuse 5\n`)).toEqual({
    "sockstat.inuse": 1,
    "sockstat.orphan": 2,
    "sockstat.tw": 3,
    "sockstat.alloc": 4,
    "sockstat.mem": 36,
    "sockstat.inuse6": 5,
  });
});

test("only what changed or is new counts as changed", () => {
  expect(changed({ a: 1, b: 2 }, { a: 1, b: 3, c: 0 })).toEqual({ b: 3, c: 0 });
  expect(changed({ a: 1, b: 2 }, { a: 1 })).toBeNull();
});

test("what was read before does not show in what is read now", () => {
  const read = (names: string, values: string) => parseCounters(`Tcp: ${names}\nTcp: ${values}\n`);
  expect(read("ActiveOpens OutRsts", "1 2")).toEqual({ "Tcp.ActiveOpens": 1, "Tcp.OutRsts": 2 });
  expect(read("ActiveOpens OutRsts", "1 3")).toEqual({ "Tcp.ActiveOpens": 1, "Tcp.OutRsts": 3 });
  expect(read("OutRsts ActiveOpens", "1 3")).toEqual({ "Tcp.ActiveOpens": 3, "Tcp.OutRsts": 1 });
  expect(read("OutRsts Other", "1 3")).toEqual({ "Tcp.OutRsts": 1 });
});
