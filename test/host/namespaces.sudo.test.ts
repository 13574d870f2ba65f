/** Namespaces come and go; sockets, sysctls and counters are read in the one that is meant. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { changed } from "../../src/host/changed.ts";
import { readCounters } from "../../src/host/counters.ts";
import { openNamespace } from "../../src/host/namespace-entry.ts";
import {
  NamespaceScanner,
  type NetworkNamespace,
  parseNamespaceLink,
} from "../../src/host/namespaces.ts";
import { dumpSockets, findSocketTableTools } from "../../src/host/socket-table.ts";
import { readSysctls } from "../../src/host/sysctls.ts";
import { findTool } from "../../src/host/trusted-tool.ts";
import { Namespace } from "../live/namespace.ts";
import { requireRoot } from "./require-root.ts";
import { startChild } from "./start-child.ts";

async function withNamespace(
  work: (mine: Namespace, found: NetworkNamespace, scanner: NamespaceScanner) => Promise<void>,
): Promise<void> {
  const mine = await Namespace.create("c");
  try {
    const scanner = new NamespaceScanner();
    const found = (await scanner.scan()).namespaces.get(mine.inode);
    if (found === undefined) throw new Error(`namespace ${mine.inode} was not found`);
    await work(mine, found, scanner);
  } finally {
    await mine.remove();
  }
}

test("a new namespace is found by its mount, and its end is told once", async (ctx) => {
  requireRoot(ctx);
  const scanner = new NamespaceScanner();
  const before = await scanner.scan();
  let mine = await Namespace.create("c");
  // The kernel gives the inode of one that was just dying to the next: that one is not new.
  while (before.namespaces.has(mine.inode)) {
    const taken = mine;
    mine = await Namespace.create("c");
    await taken.remove();
  }
  try {
    const { added, namespaces } = await scanner.scan();
    expect(added).toContain(mine.inode);
    expect(namespaces.get(mine.inode)).toEqual({
      inode: mine.inode,
      isOwn: false,
      pid: null,
      path: `/run/netns/${mine.name}`,
    });
  } finally {
    await mine.remove();
  }
  expect((await scanner.scan()).gone).toContain(mine.inode);
  expect((await scanner.scan()).gone).not.toContain(mine.inode);
});

/** A process that moves to a namespace of its own each time that it is told to. */
async function startMover() {
  const child = spawn("python3", ["-c", MOVER], { stdio: ["pipe", "pipe", "inherit"] });
  const pid = child.pid ?? 0;
  const move = async (): Promise<number> => {
    child.stdin.write("\n");
    await once(child.stdout, "data");
    return parseNamespaceLink(readlinkSync(`/proc/${pid}/ns/net`)) ?? -1;
  };
  const stop = async () => {
    child.stdin.end();
    await once(child, "exit");
  };
  return { pid, move, stop };
}

const MOVER = `
import ctypes, sys
for line in sys.stdin:
    print(ctypes.CDLL(None).unshare(0x40000000), flush=True)
`;

test("a quick scan finds at once who is young, and whoever is not in some turns", async (ctx) => {
  requireRoot(ctx);
  const scanner = new NamespaceScanner();
  const find = async (isQuick: boolean) => (await scanner.scan(undefined, isQuick)).namespaces;
  const mover = await startMover();
  try {
    await find(false);
    const young = await mover.move();
    expect((await find(true)).get(young)?.pid).toBe(mover.pid);
    const old = await mover.move();
    let turns = 1;
    while ((await find(true)).get(old)?.pid !== mover.pid && turns < 9) turns++;
    expect(turns).toBeLessThanOrEqual(6);
    const sought = await mover.move();
    expect((await find(false)).get(sought)?.pid).toBe(mover.pid);
  } finally {
    await mover.stop();
  }
});

test("a mount that leads elsewhere by now is not entered", async (ctx) => {
  requireRoot(ctx);
  await withNamespace(async (_, found) => {
    expect(await openNamespace({ ...found, inode: found.inode + 1_000_000 })).toBeNull();
    expect(await openNamespace({ ...found, path: "/run/netns/no-such" })).toBeNull();
  });
});

test("sysctls are those of the namespace, without the global ones", async (ctx) => {
  requireRoot(ctx);
  const tools = { nsenter: await findTool("nsenter"), grep: await findTool("grep") };
  await withNamespace(async (mine, found, scanner) => {
    await mine.sysctl({
      "net.ipv4.tcp_fin_timeout": 7,
      "net.ipv4.ip_local_port_range": "40000 40100",
    });
    const there = await readSysctls(found, tools);
    expect(there["net.ipv4.tcp_fin_timeout"]).toBe("7");
    expect(there["net.ipv4.ip_local_port_range"]).toBe("40000 40100");
    expect(there).not.toHaveProperty("net.ipv4.tcp_mem");
    const own = [...(await scanner.scan()).namespaces.values()].find(({ isOwn }) => isOwn);
    if (own === undefined) throw new Error("no namespace is our own");
    expect((await readSysctls(own, tools))["net.ipv4.tcp_mem"]).toMatch(/^\d+ \d+ \d+$/);
  });
});

test("counters are those of the namespace, by entering it or through a process in it", async (ctx) => {
  requireRoot(ctx);
  const tools = { nsenter: await findTool("nsenter"), grep: await findTool("grep") };
  await withNamespace(async (mine, found, scanner) => {
    const before = await readCounters(found, tools);
    expect(before["Tcp.ActiveOpens"]).toBe(0);
    const [command, args] = mine.command([process.execPath, "-e", REFUSED]);
    const child = await startChild(command, args);
    try {
      const visited = (await scanner.scan()).namespaces.get(mine.inode);
      expect(visited?.pid).toBe(child.pid);
      if (visited === undefined) throw new Error("the namespace vanished");
      const through = await readCounters(visited, { nsenter: null, grep: null });
      const entered = await readCounters(found, tools);
      expect(through).toEqual(entered);
      expect(changed(before, through)).toMatchObject({
        "Tcp.ActiveOpens": 1,
        "Tcp.AttemptFails": 1,
        "Tcp.OutRsts": 1,
      });
    } finally {
      await child.stop();
    }
  });
});

const REFUSED = `
  const socket = require("node:net").connect(9, "127.0.0.1");
  socket.on("error", () => console.log("ready"));
  process.stdin.resume();
`;

test("sockets of another namespace are dumped by ss and by cat alike", async (ctx) => {
  requireRoot(ctx);
  const tools = await findSocketTableTools();
  await withNamespace(async (mine, found) => {
    const [command, args] = mine.command([process.execPath, "-e", LISTENER]);
    const child = await startChild(command, args);
    try {
      for (const ways of [tools, { ...tools, ss: null }]) {
        const rows = [];
        for await (const batch of dumpSockets(found, { tools: ways })) rows.push(...batch);
        expect(rows).toHaveLength(1);
        expect(rows[0]).toMatchObject({
          netns: mine.inode,
          state: "LISTEN",
          local: "127.0.0.1",
          localPort: 7777,
        });
      }
    } finally {
      await child.stop();
    }
  });
});

const LISTENER = `
  require("node:net").createServer().listen(7777, "127.0.0.1", () => console.log("ready"));
  process.stdin.on("end", () => process.exit()).resume();
`;
