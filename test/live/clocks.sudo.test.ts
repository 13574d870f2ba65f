/** Clocks that jump and a bpftrace that refuses to come back, on the real kernel. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { findBpftrace } from "../../src/bpftrace-runner/index.ts";
import { bpftraceOf } from "./bpftrace-of.ts";
import { Recorder } from "./recorder.ts";
import { requireTracing } from "./requires.ts";

/** Somebody who keeps no connection but those that a test opens. */
class Peer {
  readonly #server = createServer({ allowHalfOpen: true });

  static async start(): Promise<Peer> {
    const peer = new Peer();
    peer.#server.listen(0, "127.0.0.1");
    await once(peer.#server, "listening");
    return peer;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" ? (address?.port ?? 0) : 0;
  }

  async open(): Promise<Socket> {
    const client = connect(this.port, "127.0.0.1");
    await once(client, "connect");
    return client;
  }

  close(): void {
    this.#server.close();
  }
}

const TURNED_CLOCKS = fileURLToPath(new URL("./actors/turned-clocks.cjs", import.meta.url));
/** Stands in the place of bpftrace, for one lastack alone. */
const REFUSAL = `#!/bin/sh
echo "ERROR: Error attaching probe: 'tracepoint:sock:inet_sock_set_state'" >&2
exit 255
`;

test("clocks that jump turn no times, and a bpftrace that refuses to attach is asked again", async (ctx) => {
  await requireTracing(ctx);
  const directory = await mkdtemp(join(tmpdir(), "lastack-clocks-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const refusal = join(directory, "bpftrace");
  await writeFile(refusal, REFUSAL, { mode: 0o755 });
  const found = findBpftrace();
  const path = found.found ? found.path : "";
  const peer = await Peer.start();
  const recorder = await Recorder.start(join(directory, "clocks.ndjson"), {
    env: { NODE_OPTIONS: `--require ${TURNED_CLOCKS}` },
    through: ["unshare", "--mount"],
  });
  const { program } = recorder;
  onTestFinished(() => void program.kill("SIGKILL"));
  const inIts = ["-t", String(program.child.pid), "-m"];
  const refuse = () => promisify(execFile)("nsenter", [...inIts, "mount", "--bind", refusal, path]);
  const permit = () => promisify(execFile)("nsenter", [...inIts, "umount", path]);

  const outer = { from: Date.now(), to: 0 };
  const held = await peer.open();
  const inner = { from: Date.now(), to: 0 };
  const [{ localPort }, { port }] = [held, peer];
  program.kill("SIGUSR2");
  await program.until("stderr", /wall clock was set 3600\.\d s ahead; times go on/);
  program.kill("SIGUSR2");
  await program.until("stderr", /host slept for \d\.\d s; ages count it/);
  inner.to = Date.now();
  held.destroy();
  const closing = new RegExp(`"localPort":${localPort},.*"from":"ESTABLISHED"`);
  await recorder.untilWritten((text) => closing.test(text));
  outer.to = Date.now();

  await refuse();
  process.kill(await bpftraceOf(program), "SIGKILL");
  await program.until("stderr", /Error attaching probe.*; trying again in 1 s, nothing is traced/);
  await permit();
  await program.until("stderr", /killed by SIGKILL.* it traces again after .* recorded as a gap/);
  const { code, stderr } = await recorder.end();
  peer.close();
  expect(code).toBe(0);
  expect(stderr.match(/the wall clock|this host slept/g)).toHaveLength(2);

  const { endpoints, recording } = await recorder.report();
  expect(recording.ledger).toMatchObject({ lost: 0, unparsed: 0, balanced: true });
  for (const { ms } of endpoints.flatMap(({ phases }) => phases)) {
    expect(ms).toBeGreaterThanOrEqual(0);
  }
  const { phases = [] } =
    endpoints.find(({ local, remote }) => local.port === localPort && remote.port === port) ?? {};
  const { from = "", to } = phases.find(({ state }) => state === "ESTABLISHED") ?? {};
  const [since, until] = [Date.parse(from), Date.parse(to ?? "")];
  expect(since).toBeGreaterThan(outer.from - 1000);
  expect(until).toBeLessThan(outer.to + 1000);
  expect(until - since).toBeGreaterThan(inner.to - inner.from - 100);
  expect(until - since).toBeLessThan(outer.to - outer.from + 100);
}, 240_000);
