/** Reading the socket table's text: orphans, mini-sockets and addresses with brackets. */
import { expect, test } from "vitest";
import { parseSocketTable } from "./ss.ts";

test("an orphan, a mini-socket and a held socket are told apart", () => {
  const rows = parseSocketTable(
    [
      "FIN-WAIT-1 0 1 10.77.0.1:60438 10.77.0.2:8080 timer:(on,195ms,0) ino:0 sk:1002 cgroup:unreachable:1 ---",
      "FIN-WAIT-2 0 0 10.77.0.1:60440 10.77.0.2:8080 timer:(timewait,59sec,0) ino:0 sk:1003",
      "CLOSE-WAIT 1 0 [::ffff:10.77.0.2]:8080 [::ffff:10.77.0.1]:60438 ino:39118 sk:4 v6only:0 -->",
      "",
    ].join("\n"),
  );
  expect(rows).toMatchObject([
    { state: "FIN_WAIT1", sendQ: 1, inode: 0, isMini: false, timer: "on" },
    { state: "FIN_WAIT2", inode: 0, isMini: true },
    { state: "CLOSE_WAIT", recvQ: 1, inode: 39118, isMini: false, timer: null },
  ]);
  expect(rows[2]?.local).toEqual({ address: "::ffff:10.77.0.2", port: 8080 });
});

test("a state that ss has never shown is an error, not a guess", () => {
  expect(() => parseSocketTable("WAT 0 0 a:1 b:2")).toThrow("unknown state in ss");
});
