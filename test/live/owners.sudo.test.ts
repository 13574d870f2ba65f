/** Who holds a stuck connection and why: real processes, each with the fault that it is named for. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Endpoint, Unread } from "../../src/core/endpoint.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { StuckCause } from "../../src/core/owner-facts.ts";
import { LiveSession } from "../../src/session/live-session.ts";
import { requireTracing, tracingRefusal } from "./requires.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** Shorter than the default of 10 s, and long enough for a live stream to be read twice. */
const STUCK_SECONDS = 6;
const PATIENCE_NS = 60e9;
const CASES = fileURLToPath(new URL("actors/owner-case.py", import.meta.url));
const NODE_LEAK = `
const net = require("net");
const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.resume().on("end", () => console.log(JSON.stringify(
    { pid: process.pid, fd: socket._handle.fd, port: server.address().port })));
});
server.listen(0, "127.0.0.1", () => net.connect(server.address().port).end("x").destroySoon());
setInterval(() => {}, 1e6);`;

/** Whom a case accuses, as it told itself. */
interface Told {
  readonly pid: number;
  readonly fd: number;
  readonly port: number;
  /** Where a proxy's answers come from. */
  readonly backend?: number;
  readonly unsupported?: true;
}

interface Case {
  readonly name: string;
  readonly cause: StuckCause;
  readonly unread: Unread;
  readonly evidence?: RegExp;
  readonly comm?: string;
}

const ACCUSED: readonly Case[] = [
  { name: "leak", cause: "leaked", unread: "drained" },
  { name: "node", cause: "leaked", unread: "drained" },
  { name: "blocked", cause: "unread", unread: "data-unread" },
  {
    name: "deadlock",
    cause: "deadlocked",
    unread: "fin-unread",
    evidence: /11 of 12 threads wait in futex/,
  },
  { name: "backlog", cause: "not-accepted", unread: "not-accepted" },
  { name: "inherited", cause: "inherited", unread: "drained", evidence: /holds it no longer/ },
  { name: "passed", cause: "leaked", unread: "drained", evidence: /holds it no longer/ },
  { name: "prefork", cause: "leaked", unread: "drained" },
  { name: "container", cause: "leaked", unread: "drained" },
  { name: "pool", cause: "idle-pool", unread: "fin-unread" },
  { name: "limit", cause: "leaked", unread: "drained", evidence: /4\d of 40 descriptors/ },
  { name: "execed", cause: "unread", unread: "fin-unread", comm: "sleep" },
  { name: "uring", cause: "leaked", unread: "drained" },
];
const INNOCENT = ["stream", "longpoll", "drain"];
/** Whom only their reads and writes tell: nothing is stuck, so nobody looks at descriptors. */
const USERS = ["handed", "forked"];

const children: ChildProcess[] = [];
const told = new Map<string, Told>();
let session: LiveSession | undefined;
let summary: LiveSession | undefined;
let findings: readonly Finding[] = [];

beforeAll(async () => {
  if ((await tracingRefusal()) !== undefined) return;
  const options = {
    version: "0.0.0-test",
    trace: { thresholds: { "stuck-close-wait": STUCK_SECONDS } },
  };
  [session, summary] = await Promise.all([
    LiveSession.start(options),
    LiveSession.start({ ...options, detail: "summary" }),
  ]);
  await Promise.all([session.readHost(), summary.readHost()]);
  const names = [...ACCUSED.map(({ name }) => name), ...INNOCENT, ...USERS];
  await Promise.all(names.map(async (name) => told.set(name, await begin(name))));
  const began = session.now();
  const isAllTold = () =>
    isTold(session as LiveSession) &&
    USERS.every((name) => [session, summary].every((each) => isUsed(name, each)));
  while (session.now() - began < PATIENCE_NS && !isAllTold()) await pause(200);
  // The innocent must have had the time to be accused.
  const left = (STUCK_SECONDS + 2) * 1000 - (session.now() - began) / 1e6;
  if (left > 0) await pause(left);
  findings = session.trace.findings();
});

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all([session?.stop(), summary?.stop()]);
});

beforeEach(requireTracing);

/** Start a case; resolves when its connection is as it shall stay. */
async function begin(name: string): Promise<Told> {
  const python = ["/usr/bin/python3", "-I", "-S", CASES];
  const inside = ["unshare", "--net", "--pid", "--mount-proc", "--fork", "--kill-child"];
  const argv =
    name === "node"
      ? [process.execPath, "-e", NODE_LEAK]
      : name === "container"
        ? [...inside, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...python, "leak"]
        : [...python, name];
  const [command = "", ...args] = argv;
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const found = JSON.parse(line) as Told;
  return name === "container" ? { ...found, pid: childOf(child.pid ?? 0) } : found;
}

/** The process inside, as this host numbers it. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}

function accusing({ name }: Pick<Case, "name">, list: readonly Finding[]): Finding | undefined {
  const pid = told.get(name)?.pid;
  return list.find(({ kind, subject }) => kind === "stuck-close-wait" && subject.pid === pid);
}

function isTold({ trace }: LiveSession): boolean {
  const list = trace.findings();
  return ACCUSED.every((each) => {
    if (told.get(each.name)?.unsupported) return true;
    const finding = accusing(each, list);
    const isExhausted = list.some(
      ({ kind, subject }) =>
        kind === "descriptor-exhaustion" && subject.pid === told.get("limit")?.pid,
    );
    return (
      finding?.owner?.cause === each.cause &&
      finding.owner.process !== null &&
      (each.name !== "limit" || isExhausted) &&
      (each.evidence === undefined || each.evidence.test(finding.evidence.join("\n")))
    );
  });
}

/** The server's end of a case's connection. */
function served(name: string, from: LiveSession | undefined): Endpoint | undefined {
  const port = told.get(name)?.port;
  return [...(from?.trace.endpoints() ?? [])].find(({ tuple }) => tuple.localPort === port);
}

function isUsed(name: string, from: LiveSession | undefined): boolean {
  const { owner } = served(name, from) ?? {};
  return owner?.pid === told.get(name)?.pid && owner?.confidence === "certain";
}

describe.each(ACCUSED)("$name", (each) => {
  test(`is ${each.cause}, by process, descriptor and evidence`, (ctx) => {
    const { pid, fd, port, unsupported } = told.get(each.name) as Told;
    if (unsupported) return ctx.skip("this kernel refuses io_uring");
    const finding = accusing(each, findings);
    expect(finding, JSON.stringify(findings.map(({ summary }) => summary))).toBeDefined();
    expect(finding?.owner?.cause).toBe(each.cause);
    if (each.evidence) expect(finding?.evidence.join("\n")).toMatch(each.evidence);
    expect(finding?.owner?.process).toMatchObject({ pid, user: "root" });
    if (each.comm) expect(finding?.subject.comm).toBe(each.comm);
    const endpoints = (finding?.endpoints ?? []).flatMap((id) => session?.trace.endpoint(id) ?? []);
    for (const endpoint of endpoints) expect(endpoint.unread).toBe(each.unread);
    if (each.unread === "not-accepted") {
      expect(finding?.subject.listener).toBe(`127.0.0.1:${port}`);
      return;
    }
    const holders = endpoints.flatMap((endpoint) => endpoint.holders);
    expect(holders.map((holder) => holder.pid)).toContain(pid);
    expect(holders.flatMap(({ fds }) => fds)).toContain(fd);
    expect(endpoints[0]?.owner?.pid).toBe(pid);
  });
});

test("a leak that has reached its limit is told as such", () => {
  const { pid } = told.get("limit") as Told;
  const finding = findings.find(
    ({ kind, subject }) => kind === "descriptor-exhaustion" && subject.pid === pid,
  );
  expect(finding).toMatchObject({ severity: "critical" });
});

test.each(USERS)("%s: who reads and writes owns it, in every detail", (name) => {
  const { pid, fd } = told.get(name) as Told;
  for (const from of [session, summary]) {
    const endpoint = served(name, from);
    expect(endpoint?.state).toBe("ESTABLISHED");
    expect(endpoint?.owner).toMatchObject({ pid, source: "fd-scan", confidence: "certain" });
    const holder = endpoint?.holders.find((each) => each.pid === pid);
    expect(holder?.fds).toContain(fd);
    expect(endpoint?.openedBy).toMatchObject({ source: "accept" });
  }
});

test.each([...INNOCENT, ...USERS])("%s is accused of nothing", (name) => {
  const { pid, port, backend = port } = told.get(name) as Told;
  const isOfIt = ({ tuple }: Endpoint) =>
    [tuple.localPort, tuple.remotePort].some((each) => each === port || each === backend);
  const endpoints = [...(session?.trace.endpoints() ?? [])].filter(isOfIt);
  expect(endpoints).toHaveLength(backend === port ? 2 : 4);
  const ids = new Set(endpoints.map(({ id }) => id));
  const accusing = findings.filter(
    ({ kind, subject, endpoints: named }) =>
      kind !== "incomplete-trace" && (subject.pid === pid || named.some((id) => ids.has(id))),
  );
  expect(accusing).toEqual([]);
});
