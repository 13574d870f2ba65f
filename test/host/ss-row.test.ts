/** Lines of ss: every state, every address form, timers as ss rounds them. */
import { expect, test } from "vitest";
import type { SocketRow } from "../../src/host/socket-row.ts";
import { parseSsAddress, parseSsRow, parseSsTime, ssFilter } from "../../src/host/ss-row.ts";
import { fixture } from "./fixture.ts";

const NETNS = 4026532177;

function captured(name: string, only: Parameters<typeof parseSsRow>[2] = null): SocketRow[] {
  const lines = fixture(name).trimEnd().split("\n");
  const rows = lines.map((line) => parseSsRow(line, NETNS, only));
  return rows.filter((row) => row !== null);
}

test("every line of a captured dump is a row, and every state occurs", () => {
  const rows = captured("ss-all.txt");
  expect(rows).toHaveLength(34);
  expect(new Set(rows.map((row) => row.state))).toEqual(
    new Set([
      "LISTEN",
      "SYN_RECV",
      "SYN_SENT",
      "ESTABLISHED",
      "FIN_WAIT1",
      "FIN_WAIT2",
      "CLOSING",
      "CLOSE_WAIT",
      "LAST_ACK",
      "TIME_WAIT",
    ]),
  );
});

test("a mini-socket that waits for the FIN is FIN_WAIT2 with the time-wait timer and no inode", () => {
  const waiting = captured("ss-all.txt").filter((row) => row.state === "FIN_WAIT2");
  expect(waiting.map((row) => [row.timer, row.inode])).toEqual([
    ["timewait", 0],
    ["timewait", 0],
    [null, 351942],
    ["timewait", 0],
  ]);
});

test("an orphan in LAST_ACK has its timer, retries and cookie, but no inode", () => {
  expect(captured("ss-all.txt").find((row) => row.state === "LAST_ACK")).toEqual({
    netns: NETNS,
    local: "127.0.0.1",
    localPort: 43919,
    remote: "127.0.0.1",
    remotePort: 33590,
    state: "LAST_ACK",
    recvQ: 1,
    sendQ: 1,
    inode: 0,
    uid: 0,
    timer: "persist",
    timerMs: 124,
    retries: 1,
    cookie: "1167",
  });
});

test("addresses lose their scope and brackets and keep their v4-mapped form", () => {
  const rows = captured("ss-all.txt");
  const locals = rows.map((row) => row.local);
  expect(locals).toContain("fe80::6c11:2ff:fe3b:bb99");
  expect(locals).toContain("127.0.0.2");
  expect(locals).toContain("::ffff:127.0.0.1");
  expect(rows.find((row) => row.localPort === 40837 && row.state === "LISTEN")?.local).toBe("::");
});

test("a user other than root is named", () => {
  const row = captured("ss-all.txt").find(({ localPort }) => localPort === 53329);
  expect(row).toMatchObject({ state: "LISTEN", uid: 1000, inode: 352044, sendQ: 1 });
});

test("one asked state leaves the column out, and is the state of each row", () => {
  const rows = captured("ss-one-state.txt", "FIN_WAIT2");
  expect(rows).toHaveLength(4);
  expect(rows[0]).toMatchObject({ state: "FIN_WAIT2", recvQ: 0, localPort: 33590, cookie: "1161" });
});

test("a control group named like a field changes nothing", () => {
  const line = "ESTAB 0 0 1.2.3.4:5 6.7.8.9:10 ino:7 sk:8 cgroup:/a ino:99 uid:1 timer:(on,1sec,9)";
  expect(parseSsRow(line, 1, null)).toMatchObject({ inode: 7, uid: 0, timer: null, cookie: "8" });
});

test.each([
  ["119min", 7_140_000],
  ["1min30sec", 90_000],
  ["59sec", 59_000],
  ["9.900ms", 9_900],
  ["5.020ms", 5_020],
  ["048ms", 48],
  ["200ms", 200],
  ["", 0],
  ["71582min", 0],
])("the time %j is %d ms", (text, ms) => {
  expect(parseSsTime(text)).toBe(ms);
});

test.each([
  ["127.0.0.1:80", { address: "127.0.0.1", port: 80 }],
  ["0.0.0.0:*", { address: "0.0.0.0", port: 0 }],
  ["*:80", { address: "::", port: 80 }],
  ["*%eth0:80", { address: "::", port: 80 }],
  ["[::1]:80", { address: "::1", port: 80 }],
  ["[fe80::1]%eth0:80", { address: "fe80::1", port: 80 }],
  ["[fe80::1%eth0]:80", { address: "fe80::1", port: 80 }],
  ["[::ffff:1.2.3.4]:80", { address: "::ffff:1.2.3.4", port: 80 }],
  ["127.0.0.1", null],
  ["127.0.0.1:http", null],
  ["127.0.0.1:65536", null],
  ["", null],
])("the address %j", (text, expected) => {
  expect(parseSsAddress(text)).toEqual(expected);
});

test.each([
  "",
  "State Recv-Q Send-Q Local",
  "ESTAB 0",
  "WHATEVER 0 0 1.2.3.4:5 1.2.3.4:6",
  "ESTAB x 0 1.2.3.4:5 1.2.3.4:6",
])("no row: %j", (line) => {
  expect(parseSsRow(line, 1, null)).toBeNull();
});

test("the filter names each state once, request sockets among SYN_RECV", () => {
  expect(ssFilter(["FIN_WAIT2", "SYN_RECV", "NEW_SYN_RECV"])).toEqual([
    "state",
    "fin-wait-2",
    "state",
    "syn-recv",
  ]);
});
