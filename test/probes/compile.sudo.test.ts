/** The real bpftrace takes every program that some kernel's lacks would have us run. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { bpftraceVersion, findBpftrace, startBpftrace } from "../../src/bpftrace-runner/index.ts";
import type { Detail } from "../../src/event/detail.ts";
import { detailNumber } from "../../src/session/detail-switch.ts";
import { chooseProbes } from "../../src/session/probe-choice.ts";
import { lifeParameters, programParameters, readProgram } from "../../src/session/probe-program.ts";
import { requireTracing } from "../live/requires.ts";
import { kernelWithout, LACKS, type Lack } from "../session/probe-facts.ts";

const run = promisify(execFile);

function parametersFor(detail: Detail): string[] {
  const lives = lifeParameters({
    detail: detailNumber(detail),
    word: 77,
    possibleCpus: 2,
    seesDestroy: true,
    seesUse: true,
    sampled: detail === "aggregate" ? 100 : 0,
  });
  return [...programParameters(4026531840, [80, 443, 8080, 65535]), ...lives].map(String);
}

let bpftrace = "";
/** `-d` alone means a dry run up to 0.20; later versions take a stage there. */
let dryRun: readonly string[] = [];

beforeAll(async () => {
  const found = findBpftrace();
  if (!found.found) return;
  bpftrace = found.path;
  const { major, minor } = await bpftraceVersion(found.path);
  dryRun = major === 0 && minor <= 20 ? ["-d"] : ["--dry-run"];
});

async function programWithout(
  lacks: readonly Lack[],
  detail: Detail = "transitions",
): Promise<string> {
  const choice = chooseProbes(kernelWithout(...lacks), detail);
  if (choice === null) throw new Error("nothing was chosen");
  return readProgram(choice);
}

/** Compile without attaching; null, or the errors. */
async function compile(program: string, detail: Detail = "transitions"): Promise<string | null> {
  const env = { PATH: "/usr/bin:/bin", LC_ALL: "C" };
  const options = { env, maxBuffer: 64 << 20, timeout: 50_000 };
  const parameters = parametersFor(detail);
  return run(bpftrace, [...dryRun, "-e", program, "--", ...parameters], options).then(
    () => null,
    (error: { stderr?: string; message: string }) => error.stderr || error.message,
  );
}

/** Load and attach, which compiles before; null, or what bpftrace or the verifier did not take. */
async function attach(program: string, detail: Detail): Promise<string | null> {
  const attached = await startBpftrace({ program, parameters: parametersFor(detail) });
  const { error } = await attached.stop();
  return error?.message ?? null;
}

/**
 * Fragments share nothing but @seq, @counted and the one END, so that not every set of them needs
 * its own program: each fragment and each variant once, beside all and beside none of the others.
 */
const MOST = LACKS.filter((lack) => lack !== "BTF" && !lack.includes(" "));
const KERNELS: readonly (readonly [detail: Detail, lacks: readonly Lack[]])[] = [
  ["transitions", []],
  [
    "transitions",
    ["tcp:tcp_retransmit_skb err", "tcp:tcp_send_reset reason", "skb:kfree_skb rx_sk"],
  ],
  ["transitions", ["sock:sock_recv_length", "tw_timer_handler"]],
  ["transitions", ["tcp:tcp_destroy_sock", "syscalls:sys_exit_accept"]],
  ["transitions", MOST],
  ["transitions", ["BTF"]],
  ["transitions", ["BTF", "tcp:tcp_retransmit_skb"]],
  ["summary", MOST],
  ["aggregate", []],
];

/** Kernels may share a program; each is compiled once. */
async function programs() {
  const byProgram = new Map<string, readonly [detail: Detail, lacks: string, program: string]>();
  for (const [detail, lacks] of KERNELS) {
    const program = await programWithout(lacks, detail);
    if (byProgram.has(program)) continue;
    byProgram.set(program, [detail, lacks.join(", ") || "nothing", program]);
  }
  return [...byProgram.values()];
}

const distinct = await programs();

/** The verifier is asked too, once for each variant of a fragment: the kernel's own are in every trace. */
const ATTACHED: readonly string[] = [
  "BTF",
  "tcp:tcp_retransmit_skb err, tcp:tcp_send_reset reason, skb:kfree_skb rx_sk",
];

test("what is attached is among them", () => {
  const lacks = distinct.map(([, each]) => each);
  expect(ATTACHED.filter((each) => !lacks.includes(each))).toEqual([]);
});

test("the kernels differ", () => {
  expect(distinct).toHaveLength(KERNELS.length);
});

test("no fragment is left out", async () => {
  const all = readdirSync(new URL("../../probes/", import.meta.url));
  const used = KERNELS.flatMap(([detail, lacks]) => {
    return chooseProbes(kernelWithout(...lacks), detail)?.fragments ?? [];
  });
  expect(all.filter((name) => !used.includes(name))).toEqual([]);
});

describe.concurrent("bpftrace takes what is chosen for a kernel", () => {
  test.for(distinct)("in %s, that lacks %s", async ([detail, lacks, program], ctx) => {
    await requireTracing(ctx);
    const take = ATTACHED.includes(lacks) ? attach : compile;
    expect(await take(program, detail)).toBeNull();
  });

  test("and would say what it does not take", async (ctx) => {
    await requireTracing(ctx);
    const program = (await programWithout([])).replaceAll("->sk_shutdown", "->sk_shut_down");
    expect(await compile(program)).toMatch(/does not contain a field named 'sk_shut_down'/);
  });
});
