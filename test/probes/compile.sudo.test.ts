/** The real bpftrace takes every program that some kernel's lacks would have us run. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { bpftraceVersion, findBpftrace, startBpftrace } from "../../src/bpftrace-runner/index.ts";
import { chooseProbes } from "../../src/session/probe-choice.ts";
import { lifeParameters, programParameters, readProgram } from "../../src/session/probe-program.ts";
import { requireTracing } from "../live/requires.ts";
import { kernelWithout, LACKS, type Lack } from "../session/probe-facts.ts";

const run = promisify(execFile);
const PARAMETERS = [
  ...programParameters(4026531840, [80, 443, 8080, 65535]),
  ...lifeParameters({
    detail: 2,
    word: 77,
    possibleCpus: 2,
    seesDestroy: true,
    seesUse: true,
    sampled: 0,
  }),
].map(String);

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

async function programWithout(lacks: readonly Lack[]): Promise<string> {
  const choice = chooseProbes(kernelWithout(...lacks));
  if (choice === null) throw new Error("nothing was chosen");
  return readProgram(choice);
}

/** Compile without attaching; null, or the errors. */
async function compile(program: string): Promise<string | null> {
  const env = { PATH: "/usr/bin:/bin", LC_ALL: "C" };
  const options = { env, maxBuffer: 64 << 20, timeout: 50_000 };
  return run(bpftrace, [...dryRun, "-e", program, "--", ...PARAMETERS], options).then(
    () => null,
    (error: { stderr?: string; message: string }) => error.stderr || error.message,
  );
}

/**
 * Fragments share nothing but @seq, @counted and the one END, so that not every set of them needs
 * its own program: each fragment and each variant once, beside all and beside none of the others.
 */
const KERNELS: readonly (readonly Lack[])[] = [
  [],
  ["tcp:tcp_retransmit_skb err", "tcp:tcp_send_reset reason", "skb:kfree_skb rx_sk"],
  ["sock:sock_recv_length", "tw_timer_handler"],
  ["tcp:tcp_destroy_sock", "syscalls:sys_exit_accept"],
  LACKS.filter((lack) => lack !== "BTF" && !lack.includes(" ")),
  ["BTF"],
  ["BTF", "tcp:tcp_retransmit_skb"],
];

/** Kernels may share a program; each is compiled once. */
async function programs(): Promise<(readonly [lacks: string, program: string])[]> {
  const byProgram = new Map<string, string>();
  for (const lacks of KERNELS) {
    const program = await programWithout(lacks);
    if (!byProgram.has(program)) byProgram.set(program, lacks.join(", ") || "nothing");
  }
  return [...byProgram].map(([program, lacks]) => [lacks, program] as const);
}

const distinct = await programs();

test("the kernels differ", () => {
  expect(distinct).toHaveLength(KERNELS.length);
});

describe.concurrent("bpftrace compiles what is chosen for a kernel", () => {
  test.for(distinct)("that lacks %s", async ([, program], ctx) => {
    await requireTracing(ctx);
    expect(await compile(program)).toBeNull();
  });

  test("and would say what it does not take", async (ctx) => {
    await requireTracing(ctx);
    const program = (await programWithout([])).replaceAll("->sk_shutdown", "->sk_shut_down");
    expect(await compile(program)).toMatch(/does not contain a field named 'sk_shut_down'/);
  });
});

/** The verifier is asked too, once for each variant of a fragment. */
describe("the kernel attaches what is chosen for a kernel", () => {
  test.for<readonly Lack[]>([["BTF"], ["tcp:tcp_retransmit_skb err", "tcp:tcp_send_reset reason"]])(
    "that lacks %s",
    async (lacks, ctx) => {
      await requireTracing(ctx);
      const attached = await startBpftrace({
        program: await programWithout(lacks),
        parameters: PARAMETERS,
      });
      const end = await attached.stop();
      expect(end.error).toBeUndefined();
    },
  );
});
