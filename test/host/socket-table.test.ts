/** The real socket table of the namespace that the tests run in, both ways of reading it. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { portPair } from "../../src/event/tuple.ts";
import { NamespaceScanner } from "../../src/host/namespaces.ts";
import type { SocketRow } from "../../src/host/socket-row.ts";
import {
  dumpSockets,
  findSocketTableTools,
  type SocketDumpOptions,
} from "../../src/host/socket-table.ts";

async function dump(options: SocketDumpOptions): Promise<SocketRow[]> {
  const { namespaces } = await new NamespaceScanner().scan();
  const own = [...namespaces.values()].find(({ isOwn }) => isOwn);
  if (own === undefined) throw new Error("no namespace is our own");
  const rows: SocketRow[] = [];
  for await (const batch of dumpSockets(own, options)) rows.push(...batch);
  return rows;
}

test("a closed client is a FIN_WAIT2 mini-socket and its server waits, whoever is asked", async (ctx) => {
  const tools = await findSocketTableTools();
  if (tools.ss === null) return ctx.skip("no trustworthy ss on this host");
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = connect(port, "127.0.0.1");
  const [[accepted]] = (await Promise.all([
    once(server, "connection"),
    once(client, "connect"),
  ])) as [[Socket], unknown];
  const clientPort = client.localPort;
  accepted.resume();
  client.destroy();
  await once(accepted, "end");
  try {
    const isOurs = (row: SocketRow) => row.localPort === port || row.remotePort === port;
    const states = ["FIN_WAIT2", "CLOSE_WAIT"] as const;
    const fromSs = (await dump({ tools, states })).filter(isOurs);
    const fromProc = (await dump({ tools: { ...tools, ss: null }, states })).filter(isOurs);
    for (const rows of [fromSs, fromProc]) {
      expect(rows).toHaveLength(2);
      expect(rows.find((row) => row.localPort === clientPort)).toMatchObject({
        state: "FIN_WAIT2",
        timer: "timewait",
        inode: 0,
        remotePort: port,
      });
      expect(rows.find((row) => row.localPort === port)).toMatchObject({
        state: "CLOSE_WAIT",
        recvQ: 0,
        remotePort: clientPort,
      });
    }
    const ports = new Set([portPair(clientPort ?? 0, port)]);
    for (const each of [tools, { ...tools, ss: null }]) {
      const only = await dump({ tools: each, ports });
      expect(only).toMatchObject([{ localPort: clientPort, remotePort: port }]);
    }
    const inodes = [fromSs, fromProc].map((rows) => rows.find(isServer)?.inode);
    expect(inodes[0]).toBeGreaterThan(0);
    expect(inodes[1]).toBe(inodes[0]);
  } finally {
    accepted.destroy();
    server.close();
  }
  function isServer(row: SocketRow): boolean {
    return row.localPort === port;
  }
});
