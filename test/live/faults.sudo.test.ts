/** What goes wrong on the real kernel: nothing hangs, and every hole is in the recording. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { bpftraceOf, untilGone } from "./bpftrace-of.ts";
import { Namespace } from "./namespace.ts";
import { Peer } from "./peer.ts";
import { Recorder } from "./recorder.ts";
import { OWN_MOUNTS, refuseBpftrace } from "./refused-bpftrace.ts";
import { requireTracing } from "./requires.ts";

const TURNED_CLOCKS = fileURLToPath(new URL("./actors/turned-clocks.cjs", import.meta.url));
const STORM = fileURLToPath(new URL("./actors/storm.py", import.meta.url));
const BOMBS = 200;
const NAMESPACES = 64;
/** What is said when the probes are attached anew. */
const AGAIN = / it traces again after .* recorded as a gap/;

/** A fork bomb to come, and a connection that stands in each of many namespaces. */
class Storm {
  readonly stays: readonly (readonly [netns: number, port: number])[];
  readonly explode: () => Promise<unknown>;

  private constructor(stays: Storm["stays"], explode: Storm["explode"]) {
    this.stays = stays;
    this.explode = explode;
  }

  static async brew(): Promise<Storm> {
    // Its children have socket tables of their own, and small ones.
    const place = await Namespace.create("c");
    onTestFinished(() => place.remove());
    await place.sysctl({ "net.ipv4.tcp_child_ehash_entries": 256 });
    const argv = ["/usr/bin/python3", "-I", "-S", STORM, `${BOMBS}`, `${NAMESPACES}`];
    const [command, args] = place.command(argv);
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    const ended = once(child, "close");
    onTestFinished(async () => {
      child.stdin.end();
      await ended;
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const stays = JSON.parse((await lines.next()).value ?? "[]");
    const explode = () => {
      child.stdin.write("\n");
      return lines.next();
    };
    return new Storm(stays, explode);
  }
}

function openFiles(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

test("clocks jump, bpftrace dies, refuses to come back, and hangs; 64 namespaces are known throughout", async (ctx) => {
  await requireTracing(ctx);
  const directory = await mkdtemp(join(tmpdir(), "lastack-faults-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const peer = await Peer.start();
  onTestFinished(() => peer.close());
  const storm = await Storm.brew();
  const recorder = await Recorder.start(join(directory, "faults.ndjson"), {
    env: { NODE_OPTIONS: `--require ${TURNED_CLOCKS}` },
    through: OWN_MOUNTS,
  });
  const { program } = recorder;
  onTestFinished(() => void program.kill("SIGKILL"));

  const outer = { from: Date.now(), to: 0 };
  const held = await peer.open();
  const inner = { from: Date.now(), to: 0 };
  const { port } = peer;
  const { localPort } = held;
  program.kill("SIGUSR2");
  await program.until("stderr", /wall clock was set 3600\.\d s ahead; times go on/);
  program.kill("SIGUSR2");
  await program.until("stderr", /host slept for \d\.\d s; ages count it/);
  inner.to = Date.now();
  held.destroy();
  const closing = new RegExp(`"localPort":${localPort},.*"from":"ESTABLISHED"`);
  await recorder.untilWritten((text) => closing.test(text));
  outer.to = Date.now();

  const [early, late] = [await peer.open(), await peer.open()];
  const ports = [early.localPort, late.localPort];
  await recorder.untilWritten((text) => storm.stays.every(([netns]) => isLookedAt(text, netns)));
  const filesBefore = openFiles(program.child.pid);
  const permit = await refuseBpftrace(program, directory);
  const first = await bpftraceOf(program);
  const killedAt = Date.now();
  process.kill(first, "SIGKILL");
  await untilGone(first);
  // On a starved host detaching its probes alone outlasts the silence that is taken for a hang.
  const isSlow = Date.now() - killedAt > 2000;
  early.destroy();
  await program.until("stderr", /Error attaching probe.*; trying again in 1 s, nothing is traced/);
  await permit();
  await program.until("stderr", isSlow ? AGAIN : new RegExp(`killed by SIGKILL.*${AGAIN.source}`));
  process.kill(await bpftraceOf(program), "SIGSTOP");
  await program.until(
    "stderr",
    new RegExp(`${AGAIN.source}[^]*said nothing for 3 s .*${AGAIN.source}`),
  );
  late.destroy();
  const repair = new RegExp(`"type":"snapshot".*"localPort":${ports[0]},.*"state":"FIN_WAIT2"`);
  await recorder.untilWritten((text) => repair.test(text));
  await storm.explode();
  await recorder.twoBeats();
  // What a look opens for a moment is closed by the next; what leaks stays.
  while (openFiles(program.child.pid) > filesBefore) await recorder.twoBeats();
  const { code, stderr } = await recorder.end();
  expect(code).toBe(0);
  expect(stderr.match(/the wall clock|this host slept/g)).toHaveLength(2);
  expect(stderr.match(/traces again/g)).toHaveLength(2);

  const { endpoints, findings, recording } = await recorder.report();
  expect(recording.closedCleanly).toBe(true);
  expect(recording.ledger).toMatchObject({ lost: 0, unparsed: 0, balanced: true });
  expect(findings.map(({ kind }) => kind)).toContain("incomplete-trace");
  const events = await recorder.events();
  const causes = events.flatMap((event) => (event.type === "gap" ? event.cause : []));
  expect(causes).toEqual(expect.arrayContaining(["restart", "hung"]));

  for (const { ms } of endpoints.flatMap(({ phases }) => phases)) {
    expect(ms).toBeGreaterThanOrEqual(0);
  }
  // What waited in TIME_WAIT before may have had the same port of ours.
  const ours = endpoints.filter(({ remote }) => remote.port === port);
  const phaseOf = (own: number | undefined, state: string) =>
    ours.find(({ local }) => local.port === own)?.phases.find((each) => each.state === state);
  const { from = "", to } = phaseOf(localPort, "ESTABLISHED") ?? {};
  const [since, until] = [Date.parse(from), Date.parse(to ?? "")];
  expect(since).toBeGreaterThan(outer.from - 1000);
  expect(until).toBeLessThan(outer.to + 1000);
  expect(until - since).toBeGreaterThan(inner.to - inner.from - 100);
  expect(until - since).toBeLessThan(outer.to - outer.from + 100);

  for (const own of ports) {
    expect(ours.find(({ local }) => local.port === own)?.complete).toBe(false);
  }
  // A host that is slow enough may see both waits run out before the end.
  expect(phaseOf(ports[0], "FIN_WAIT2")?.evidence).toBe("snapshot");
  expect(phaseOf(ports[1], "FIN_WAIT2")?.evidence).toBe("observed");

  const told = new Set(events.map((event) => event.type === "transition" && event.netns));
  expect(storm.stays.filter(([netns]) => told.has(netns))).toHaveLength(NAMESPACES);
  for (const [netns, own] of storm.stays) {
    const ends = endpoints.filter((each) => each.netns === netns);
    const ports = ends.map(({ local, remote }) => [local.port, remote.port]);
    expect(ports).toEqual([expect.arrayContaining([own]), expect.arrayContaining([own])]);
    for (const { phases } of ends) {
      expect(phases[0]).toMatchObject({ state: "ESTABLISHED", evidence: "snapshot" });
    }
  }
}, 240_000);

/** Whether its sockets and its counters have been read. */
function isLookedAt(text: string, netns: number): boolean {
  return [`"type":"snapshot-end",.*"netns":${netns},`, `"netns":${netns},"counters":`].every(
    (pattern) => new RegExp(pattern).test(text),
  );
}
