/** /proc/net/tcp must tell the same as ss, as far as it tells it. */
import { expect, test } from "vitest";
import { parseProcNetRow } from "../../src/host/proc-net-row.ts";
import type { SocketRow } from "../../src/host/socket-row.ts";
import { parseSsRow } from "../../src/host/ss-row.ts";
import { fixture } from "./fixture.ts";

function key(row: SocketRow): string {
  return `${row.local} ${row.localPort} ${row.remote} ${row.remotePort} ${row.state}`;
}

/** What both tell: a listener's limit, the cookie and the moving timer are left out. */
function common(row: SocketRow) {
  const { cookie: _, timerMs: __, sendQ, ...rest } = row;
  return { ...rest, sendQ: row.state === "LISTEN" ? 0 : sendQ };
}

test("both captured tables hold the same sockets with the same values", () => {
  const ss = fixture("ss-all.txt").trimEnd().split("\n");
  const proc = (fixture("proc-net-tcp.txt") + fixture("proc-net-tcp6.txt")).trimEnd().split("\n");
  const fromSs = ss.map((line) => parseSsRow(line, 1, null)).filter((row) => row !== null);
  const fromProc = proc.map((line) => parseProcNetRow(line, 1)).filter((row) => row !== null);
  expect(fromProc).toHaveLength(34);
  expect(new Map(fromProc.map((row) => [key(row), common(row)]))).toEqual(
    new Map(fromSs.map((row) => [key(row), common(row)])),
  );
});

test("a timer runs as long as ss says, to the time between the two dumps", () => {
  const line = fixture("proc-net-tcp.txt")
    .split("\n")
    .find((text) => text.includes("02:000AFB6A"));
  const row = parseProcNetRow(line ?? "", 1);
  expect(row).toMatchObject({ timer: "keepalive", timerMs: 7_197_220 });
});

test.each(["", "  sl  local_address rem_address   st tx_queue", "0: xyz:0050 0100007F:0050 01"])(
  "no row: %j",
  (line) => {
    expect(parseProcNetRow(line, 1)).toBeNull();
  },
);
