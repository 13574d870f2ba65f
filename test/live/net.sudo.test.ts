/** The scenario network itself: traps take exactly what they should, and nothing is left behind. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Actor } from "./actors/actor.ts";
import { glanceAt, type SocketGlance, waitFor } from "./glance.ts";
import { removeStaleNamespaces } from "./namespace.ts";
import { Net } from "./net.ts";
import { requireTracing } from "./requires.ts";
import { readSocketTable } from "./ss.ts";

let net: Net;
let client: Actor;
let server: Actor;

beforeEach(async (ctx) => {
  await requireTracing(ctx);
  net = await Net.create();
  client = await Actor.start(net.client.namespace, "lt-client");
  server = await Actor.start(net.server.namespace, "lt-server");
});

afterEach(async () => {
  await client.dispose();
  await server.dispose();
  await net.remove();
});

async function connected(family: 4 | 6) {
  const host = family === 4 ? net.server.v4 : net.server.v6;
  const listener = await server.listen({ family, host, port: 8000 });
  const [accepted, connecting] = await Promise.all([
    listener.accept(),
    client.connect({ family, host, port: 8000 }),
  ]);
  return { listener, accepted, connecting };
}

describe("traps", () => {
  test.each([4, 6] as const)("lose the first two FINs on IPv%i and pass the third", async (v) => {
    const { accepted, connecting } = await connected(v);
    const trap = await net.server.drop({ what: "FIN", first: 2 });
    await connecting.close();
    expect(await accepted.readToEnd()).toBe(0);
    expect(await trap.count()).toBe(2);
  });

  test("let segments pass again at once when removed", async () => {
    const { accepted, connecting } = await connected(4);
    const trap = await net.server.drop({ what: "DATA" });
    await connecting.send(10);
    await trap.taken(1);
    await trap.remove();
    expect((await accepted.recv(10)).bytes).toBe(10);
  });

  test("take only the named port's segments", async () => {
    const { accepted, connecting } = await connected(4);
    const trap = await net.server.drop({ what: "ANY", fromPort: connecting.local.port + 1 });
    await connecting.send(10);
    expect((await accepted.recv(10)).bytes).toBe(10);
    expect(await trap.count()).toBe(0);
  });
});

test("an actor that is killed takes its sockets with it", async () => {
  await connected(4);
  await server.kill();
  const rows = await waitFor(net.client.namespace, ([row]) => row?.state === "CLOSE_WAIT");
  expect(rows).toMatchObject([{ recvQ: 1, isMini: false }]);
  expect(server.isRunning).toBe(false);
});

test("a glance tells of each socket what ss does", async () => {
  const { accepted, connecting } = await connected(6);
  await connected(4);
  await accepted.send(7);
  await accepted.close();
  await waitFor(net.client.namespace, (rows) => rows.some(({ recvQ }) => recvQ === 8));
  await waitFor(net.server.namespace, (rows) => rows.some(({ isMini }) => isMini));
  expect(connecting.fd).toBeGreaterThan(0);
  for (const { namespace } of [net.client, net.server]) {
    const [glance, table] = [await glanceAt(namespace), await readSocketTable(namespace)];
    expect(tell(glance)).toEqual(tell(table));
    expect(tell(glance).length).toBeGreaterThan(1);
  }
});

test("a failed system call says which", async () => {
  const connecting = client.connect({ family: 4, host: net.server.v4, port: 1 });
  await expect(connecting).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(await readSocketTable(net.client.namespace)).toEqual([]);
});

test("the namespace of a dead run is removed, that of a living process stays", async () => {
  const dead = "lt-1-t0-1c";
  execFileSync("ip", ["netns", "add", dead]);
  await removeStaleNamespaces();
  expect(existsSync(`/run/netns/${dead}`)).toBe(false);
  expect(readdirSync("/run/netns")).toContain(net.client.namespace.name);
});

/** Listeners are left out: there the files tell another queue. */
function tell(rows: readonly SocketGlance[]): string[] {
  return rows
    .filter(({ state }) => state !== "LISTEN")
    .map(({ state, recvQ, sendQ, local, remote, timer, inode, isMini }) =>
      JSON.stringify([state, recvQ, sendQ, local.port, remote.port, timer, inode, isMini]),
    )
    .sort();
}
