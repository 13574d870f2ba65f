/** A namespace whose way in has ended is looked for again, and told of only while it is there. */
import { once } from "node:events";
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { beforeEach, expect, test } from "vitest";
import type { SnapshotEndEvent, SnapshotEvent } from "../../src/event/trace-event.ts";
import type { NetworkNamespace } from "../../src/host/namespaces.ts";
import { findSocketTableTools } from "../../src/host/socket-table.ts";
import { MARGIN_NS, TableReader } from "../../src/session/table-reader.ts";

const inode = statSync("/proc/self/ns/net").ino;
const lost: NetworkNamespace = { inode, isOwn: false, pid: null, path: "/proc/self/none" };
const own: NetworkNamespace = { inode, isOwn: true, pid: process.pid, path: null };

let events: (SnapshotEvent | SnapshotEndEvent)[] = [];
let lines: string[] = [];
let searches = 0;

beforeEach(() => {
  events = [];
  lines = [];
  searches = 0;
});

function readerThatFinds(...found: readonly (readonly NetworkNamespace[])[]): TableReader {
  return new TableReader({
    now: () => 1e9,
    signal: new AbortController().signal,
    out: (event) => events.push(event),
    findAgain: async () => found[searches++] ?? [],
    onUnread: (line) => lines.push(line),
  });
}

test("one that can be read is read once", async () => {
  const tools = await findSocketTableTools();
  await readerThatFinds().read({ tools, namespaces: [own] });
  expect({ lines, searches }).toEqual({ lines: [], searches: 0 });
  expect(events.at(-1)).toMatchObject({
    type: "snapshot-end",
    netns: inode,
    rows: events.length - 1,
    since: 1e9 - MARGIN_NS,
    t: 1e9 + MARGIN_NS,
  });
});

test("one with another way in is read by that", async () => {
  const tools = await findSocketTableTools();
  await readerThatFinds([own]).read({ tools, namespaces: [lost] });
  expect(lines).toEqual([]);
  expect(events.at(-1)?.type).toBe("snapshot-end");
});

test("one that has gone is nobody's trouble", async () => {
  const tools = await findSocketTableTools();
  await readerThatFinds([]).read({ tools, namespaces: [lost] });
  await readerThatFinds([lost], []).read({ tools, namespaces: [lost] });
  expect({ lines, events }).toEqual({ lines: [], events: [] });
});

test("one that is there and cannot be read is told of once, and looked for no more", async () => {
  const tools = await findSocketTableTools();
  const reader = readerThatFinds([lost], [lost], [lost], [lost]);
  await reader.read({ tools, namespaces: [lost] });
  await reader.read({ tools, namespaces: [lost] });
  expect(lines).toEqual([expect.stringContaining(`sockets of namespace ${inode}: `)]);
  expect(searches).toBe(2);
});

test("only what is wanted is handed on", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const tools = await findSocketTableTools();
  const takes = (event: { readonly type: string }) => event.type === "snapshot";
  await readerThatFinds().read({ tools, namespaces: [own], states: ["LISTEN"], takes });
  const address = server.address();
  server.close();
  for (const event of events) expect(event).toMatchObject({ type: "snapshot", state: "LISTEN" });
  const ports = events.map((event) => event.type === "snapshot" && event.localPort);
  expect(ports).toContain(typeof address === "object" && address?.port);
});
