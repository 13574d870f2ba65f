/** Rows that went missing once, on the real kernel. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type BpftraceMessage, startBpftrace } from "../../src/bpftrace-runner/index.ts";
import { lifeParameters, programParameters, readProgram } from "../../src/session/probe-program.ts";
import { requireTracing } from "../live/requires.ts";

/** A server that hands out what it accepts, and reads nothing by itself. */
async function listen(): Promise<{ server: Server; port: number; accept(): Promise<Socket> }> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const accept = async () => (await once(server, "connection"))[0] as Socket;
  return { server, port: (server.address() as AddressInfo).port, accept };
}

/** What some fragments tell of one port, 0 of all, while `act` runs, and the maps that they leave. */
async function messagesOf(
  fragments: readonly string[],
  port: number,
  act: () => Promise<void>,
  tag: string,
  atLeast: number,
): Promise<BpftraceMessage[]> {
  const program = await readProgram({ fragments: ["ready.bt", ...fragments] });
  const settings = { detail: 0, word: 77, possibleCpus: 2, seesDestroy: false, sampled: 0 };
  const parameters = [
    ...programParameters(null, [port]),
    ...lifeParameters({ ...settings, seesUse: true }),
  ];
  const run = await startBpftrace({ program, parameters });
  const messages: BpftraceMessage[] = [];
  run.onMessages((batch) => messages.push(...batch));
  try {
    await act();
    // What is told in the moment before it is stopped, bpftrace may leave unread.
    const count = () => rowsIn(messages).filter((row) => row[0] === tag).length;
    await expect.poll(count, { timeout: 20_000 }).toBeGreaterThanOrEqual(atLeast);
  } finally {
    await run.stop();
    await run.ended;
  }
  return messages;
}

function rowsIn(messages: readonly BpftraceMessage[]): string[][] {
  return messages.flatMap((each) => (each.type === "printf" ? [each.data.split(" ")] : []));
}

async function rowsOf(...of: Parameters<typeof messagesOf>): Promise<string[][]> {
  return rowsIn(await messagesOf(...of));
}

/** Plays one of the cases of `connections.py` when it is told to. */
async function actor(name: string) {
  const path = fileURLToPath(new URL("connections.py", import.meta.url));
  const child = spawn("python3", [path, name], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill());
  const [port] = await once(child.stdout, "data");
  const play = async () => {
    const exited = once(child, "exit");
    child.stdin.end("go\n");
    expect(await exited).toEqual([0, null]);
  };
  return { port: Number(String(port)), pid: String(child.pid), play };
}

async function pair(port: number, accept: () => Promise<Socket>): Promise<[Socket, Socket]> {
  const accepted = accept();
  const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  await once(client, "connect");
  return [client, await accepted];
}

/** Read to the end, then close. */
async function finish(socket: Socket): Promise<void> {
  const ended = once(socket, "end");
  socket.resume();
  await ended;
  const closed = once(socket, "close");
  socket.destroy();
  await closed;
}

test("no end of a stream goes untold because of the socket that had the address before", async (ctx) => {
  await requireTracing(ctx);
  const { port, accept } = await listen();
  const rounds = 30;
  const play = async () => {
    for (let round = 0; round < rounds; round++) {
      // A half-closed client reads its end in CLOSE: the server's FIN has made it a mini-socket.
      const [early, server] = await pair(port, accept);
      early.end();
      await finish(server);
      await finish(early);
      // Here the server's end finishes first, and the client reads that in CLOSE_WAIT.
      const [late, first] = await pair(port, accept);
      first.end();
      await finish(late);
      await finish(first);
    }
  };
  const rows = await rowsOf(["reads.bt"], port, play, "F", 2 * rounds);
  const ends = rows.filter(([tag, , , , , , bytes]) => tag === "F" && bytes === "0");
  // One for each end that was read before the socket's CLOSE: the server's, then the client's.
  expect(ends).toHaveLength(2 * rounds);
});

test("an abort's RST names the port that the closing has given back", async (ctx) => {
  await requireTracing(ctx);
  const { port, accept } = await listen();
  const abort = async () => {
    const [client, server] = await pair(port, accept);
    const gone = new Promise((resolve) => client.once("close", resolve));
    client.on("error", () => {});
    client.resume();
    server.resetAndDestroy();
    await gone;
  };
  const rows = await rowsOf(["tcp_send_reset.bt"], port, abort, "X", 1);
  expect(
    rows.map(([tag, , , , , , , , , , , local]) => [tag, Number.parseInt(local ?? "", 16)]),
  ).toEqual([["X", port]]);
});

test("two workers that take turns are told of eight times", async (ctx) => {
  await requireTracing(ctx);
  const { port, play } = await actor("turns");
  const rows = await rowsOf(["reads.bt"], port, play, "U", 8);
  const writers = rows.filter(([tag]) => tag === "U").map((row) => row[8]);
  // Rows of several CPUs come in no order.
  expect(writers).toHaveLength(8);
  const [one] = writers;
  expect(writers.filter((pid) => pid === one)).toHaveLength(4);
  expect(new Set(writers).size).toBe(2);
});

test("who accepts a connection that was reset before is not remembered", async (ctx) => {
  await requireTracing(ctx);
  const { pid, play } = await actor("reset-first");
  // The reset has given its own port back.
  const messages = await messagesOf(["reads.bt", "owners.bt"], 0, play, "A", 1);
  const accepted = rowsIn(messages).filter((row) => row[0] === "A" && row[7] === pid);
  expect(accepted).toHaveLength(1);
  const users = messages.flatMap((each) => (each.type === "map" ? [each.data["@user"]] : []));
  const known = users.flatMap((map) => Object.values(map ?? {}));
  expect(known).not.toContain(Number(pid));
});
