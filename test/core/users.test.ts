/** Who reads and writes owns the connection, whoever opened it. */
import { expect, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { type Sock, Story, sock } from "./story.ts";

const end = sock({ local: "10.0.0.2", localPort: 8080, remote: "10.0.0.9", remotePort: 40_000 });
const INODE = 77;

/** Process 200 has accepted it, and 300 has read from it since. */
function used(socket: Sock = end): Story {
  return new Story().at(0).accept(socket).at(100).use(socket, 300, INODE);
}

function only({ trace }: Story): Endpoint {
  const [endpoint] = trace.endpoints();
  if (endpoint === undefined) throw new Error("no endpoint");
  return endpoint;
}

test("a newcomer that reads is the likely owner at once", () => {
  expect(only(used())).toMatchObject({
    owner: { pid: 300, comm: "worker", source: "fd-scan", confidence: "likely" },
    openedBy: { pid: 200, source: "accept" },
  });
});

test("is certain when its descriptor was found, though the opener holds it too", () => {
  for (const order of [
    [200, 300],
    [300, 200],
  ] as const) {
    const story = used().at(200);
    for (const pid of order) story.holder(INODE, pid);
    expect(only(story).owner).toMatchObject({ pid: 300, source: "fd-scan", confidence: "certain" });
    expect(only(story).holders.map(({ pid }) => pid)).toEqual([200, 300]);
  }
});

test("is passed over by a scan that does not find it any more", () => {
  const story = used().at(200).holder(INODE, 400);
  expect(only(story).owner).toMatchObject({ pid: 400, source: "fd-scan" });
});

test("gives way to who closes", () => {
  const story = used()
    .at(200)
    .change(end, "ESTABLISHED", "FIN_WAIT1", { inProcess: true, pid: 200 });
  expect(only(story).owner).toMatchObject({ pid: 200, source: "close" });
  story.at(300).holder(INODE, 200).holder(INODE, 300);
  expect(only(story).owner).toMatchObject({ pid: 200, source: "close" });
});

test("who accepted and goes on reading is left as it was known", () => {
  const story = new Story().at(0).accept(end).at(100).use(end, 200, INODE);
  expect(only(story).owner).toMatchObject({ pid: 200, source: "accept", confidence: "certain" });
});

test("of a socket that is known by table only the inode tells which it is", () => {
  const story = new Story().at(0).row(end, "ESTABLISHED", { inode: INODE });
  story.holder(INODE, 200).holder(INODE, 300).at(100).use(end, 300, INODE);
  expect(only(story).owner).toMatchObject({ pid: 300, source: "fd-scan" });
});

test("whom a scan has found stays certain while those who share it take turns", () => {
  const story = used().at(200).holder(INODE, 300).holder(INODE, 400);
  for (const [ms, pid] of [
    [300, 400],
    [400, 300],
  ] as const) {
    story.at(ms).use(end, pid, INODE);
    expect(only(story).owner).toMatchObject({ pid, source: "fd-scan", confidence: "certain" });
  }
  story.at(500).use(end, 500, INODE);
  expect(only(story).owner).toMatchObject({ pid: 500, confidence: "likely" });
});

test("the number of a socket file that is another's by now stays that one's", () => {
  const other = sock({ ...end, remotePort: 40_001, sk: "ffff888200000001" });
  const story = used().at(200).accept(other).use(other, 300, INODE).at(300).use(end, 300, 78);
  story.at(400).holder(INODE, 500);
  expect(story.of(other).holders.map(({ pid }) => pid)).toEqual([500]);
});
