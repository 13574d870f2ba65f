/** Probes are chosen by what the kernel has, and what stays unseen is said. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { chooseProbes } from "../../src/session/probe-choice.ts";
import { kernelWithout, LACKS, type Lack } from "./probe-facts.ts";

const PROBES = fileURLToPath(new URL("../../probes/", import.meta.url));

function choose(...lacks: readonly Lack[]) {
  const choice = chooseProbes(kernelWithout(...lacks));
  if (choice === null) throw new Error("nothing was chosen");
  return choice;
}

const ALL = [
  "ready.bt",
  "tcp_set_state.bt",
  "tcp_retransmit_skb.bt",
  "tcp_send_reset.bt",
  "tcp_receive_reset.bt",
  "tcp_destroy_sock.bt",
  "owners.bt",
  "reads.bt",
  "time_wait.bt",
  "time_wait_end.bt",
  "heartbeat.bt",
  "end.bt",
];

function without(...names: readonly string[]): string[] {
  return ALL.filter((name) => !names.includes(name));
}

test("a kernel that has everything hides nothing", () => {
  expect(choose()).toEqual({
    fragments: ALL,
    unseen: [],
    remarks: [],
    keepsLives: false,
    counts: false,
  });
});

test("without the one tracepoint of state changes nothing can be traced", () => {
  expect(chooseProbes(kernelWithout("sock:inet_sock_set_state"))).toBeNull();
});

describe("without one thing", () => {
  test.each<[Lack, readonly string[], RegExp | null]>([
    ["tcp:tcp_retransmit_skb", without("tcp_retransmit_skb.bt"), /re-sent segments/],
    ["tcp:tcp_send_reset", without("tcp_send_reset.bt"), /RSTs sent/],
    ["tcp:tcp_receive_reset", without("tcp_receive_reset.bt"), /RSTs/],
    ["tcp:tcp_destroy_sock", without("tcp_destroy_sock.bt", "end.bt"), /descriptor/],
    ["syscalls:sys_exit_accept", without("owners.bt"), /who accepted/],
    ["syscalls:sys_exit_accept4", without("owners.bt"), /who accepted/],
    ["sock:sock_recv_length", without("reads.bt", "end.bt"), /the end was read/],
    ["skb:kfree_skb", without("time_wait.bt"), /TIME_WAIT begins/],
    ["skb:kfree_skb rx_sk", without("time_wait.bt"), /TIME_WAIT begins/],
    ["timer:timer_expire_entry", without("time_wait_end.bt"), /TIME_WAIT ends/],
    ["tw_timer_handler", without("time_wait_end.bt"), /TIME_WAIT ends/],
    [
      "tcp:tcp_retransmit_skb err",
      ALL.map((name) => name.replace("retransmit_skb.bt", "retransmit_skb.noerr.bt")),
      null,
    ],
    [
      "tcp:tcp_send_reset reason",
      ALL.map((name) => name.replace("send_reset.bt", "send_reset.noreason.bt")),
      null,
    ],
  ])("%s", (lack, fragments, unseen) => {
    const choice = choose(lack);
    expect(choice.fragments).toEqual(fragments);
    if (unseen === null) expect(choice.unseen).toEqual([]);
    else expect(choice.unseen).toEqual([expect.stringMatching(unseen)]);
  });
});

test("without BTF only what the tracepoints carry is read, and so is said", () => {
  const { fragments, unseen } = choose("BTF");
  expect(fragments).toEqual([
    "ready.bt",
    "tcp_set_state.nobtf.bt",
    "tcp_retransmit_skb.nobtf.bt",
    "heartbeat.bt",
  ]);
  expect(unseen).toEqual([expect.stringMatching(/^no BTF: /)]);
});

test("without BTF and re-sends, both are said", () => {
  const { fragments, unseen } = choose("BTF", "tcp:tcp_retransmit_skb");
  expect(fragments).toEqual(["ready.bt", "tcp_set_state.nobtf.bt", "heartbeat.bt"]);
  expect(unseen).toHaveLength(2);
});

describe("with less detail than every change", () => {
  test("the lives of sockets are kept, and what stands beside them knows of it", () => {
    const choice = chooseProbes(kernelWithout(), "summary");
    expect(choice).toEqual({
      fragments: [
        "ready.bt",
        "detail.bt",
        "lives.bt",
        "lives_tick.bt",
        "tcp_retransmit_skb.bt",
        "tcp_send_reset.bt",
        "tcp_receive_reset.bt",
        "tcp_destroy_sock.lives.bt",
        "owners.lives.bt",
        "reads.lives.bt",
        "time_wait.lives.bt",
        "time_wait_end.lives.bt",
        "heartbeat.bt",
        "lives_out.bt",
        "end.lives.bt",
      ],
      unseen: [],
      remarks: [],
      keepsLives: true,
      counts: false,
    });
  });

  test("what ends well is counted beside them in aggregate", () => {
    const summary = chooseProbes(kernelWithout(), "summary");
    const choice = chooseProbes(kernelWithout(), "aggregate");
    expect(choice).toMatchObject({ unseen: [], keepsLives: true, counts: true });
    expect(choice?.fragments.filter((name) => name !== "counts.bt")).toEqual(summary?.fragments);
    expect(choice?.fragments).toContain("counts.bt");
  });

  test("as auto may, unless each teardown is to be told", () => {
    const choice = chooseProbes(kernelWithout(), "auto");
    expect(choice).toEqual(chooseProbes(kernelWithout(), "aggregate"));
    expect(chooseProbes(kernelWithout(), "auto", true)).toEqual(
      chooseProbes(kernelWithout(), "summary"),
    );
    const unable = chooseProbes(kernelWithout("tw_timer_handler"), "auto");
    expect(unable).toMatchObject({ counts: false, keepsLives: true });
    expect(unable?.unseen.join()).not.toMatch(/aggregate/);
  });

  test("and as aggregate then is not, which is said", () => {
    expect(chooseProbes(kernelWithout(), "aggregate", true)).toEqual({
      ...chooseProbes(kernelWithout(), "summary"),
      remarks: [expect.stringContaining("as --detail summary does")],
    });
    const unable = chooseProbes(kernelWithout("tw_timer_handler"), "aggregate", true);
    expect(unable?.unseen.join()).not.toMatch(/summary stands in/);
  });

  test.each<Lack>(["skb:kfree_skb rx_sk", "timer:timer_expire_entry", "tw_timer_handler"])(
    "but not without %s: summary stands in, and that is said",
    (lack) => {
      const choice = chooseProbes(kernelWithout(lack), "aggregate");
      expect(choice).toMatchObject({ keepsLives: true, counts: false });
      expect(choice?.fragments).toEqual(chooseProbes(kernelWithout(lack), "summary")?.fragments);
      expect(choice?.unseen).toContainEqual(expect.stringMatching(/aggregate; summary stands in/));
    },
  );

  test.each<Lack>(["BTF", "syscalls:sys_enter_umask", "power:cpu_idle"])(
    "but not without %s, and that is said",
    (lack) => {
      const choice = chooseProbes(kernelWithout(lack), "summary");
      expect(choice?.keepsLives).toBe(false);
      expect(choice?.fragments).toEqual(chooseProbes(kernelWithout(lack))?.fragments);
      expect(choice?.unseen).toContainEqual(expect.stringMatching(/any detail but transitions/));
    },
  );
});

test("every choice is ready first, names existing files once, and ends with at most one END", () => {
  const files = new Set(readdirSync(PROBES));
  for (let bits = 0; bits < 2 ** LACKS.length; bits++) {
    const lacks = LACKS.filter((_, i) => (bits & (1 << i)) !== 0);
    const { fragments } = choose(...lacks);
    expect(fragments[0]).toBe("ready.bt");
    expect(fragments).toContain("heartbeat.bt");
    expect(new Set(fragments).size).toBe(fragments.length);
    expect(fragments.filter((name) => !files.has(name))).toEqual([]);
    if (fragments.includes("end.bt")) {
      expect(fragments).toEqual(expect.arrayContaining(["reads.bt", "tcp_destroy_sock.bt"]));
    }
  }
});

test("every fragment on disk is chosen for some kernel and detail", () => {
  const chosen = new Set(
    [[], ...LACKS.map((lack) => [lack])].flatMap((lacks) => choose(...lacks).fragments),
  );
  for (const name of chooseProbes(kernelWithout(), "aggregate")?.fragments ?? []) chosen.add(name);
  expect([...chosen].sort()).toEqual(readdirSync(PROBES).sort());
});
