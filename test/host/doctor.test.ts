/** What the doctor says about made-up hosts. */
import { expect, test } from "vitest";
import { canTrace, type DoctorInput, diagnose } from "../../src/host/doctor.ts";
import { type KernelFacts, TRACEPOINTS } from "../../src/host/kernel-facts.ts";
import { renderDoctor } from "../../src/host/render-doctor.ts";

const FIELDS = new Set(["err", "reason", "rx_sk", "function"]);

function every(fields: Set<string> | null): KernelFacts["tracepoints"] {
  const entries = TRACEPOINTS.map((name) => [name, fields] as const);
  return Object.fromEntries(entries) as KernelFacts["tracepoints"];
}

const FACTS: KernelFacts = {
  release: "6.18.44",
  hostname: "host",
  bootId: "1acd18ca-b16f-4a27-a577-fda8fe5a12de",
  architecture: "x64",
  cpus: 2,
  possibleCpus: 2,
  memory: { totalBytes: 2 ** 33, availableBytes: 2 ** 32 },
  hasBtf: true,
  tracefs: "/sys/kernel/tracing",
  isTracefsReadable: true,
  tracepoints: every(FIELDS),
  resetReasons: new Map(),
  hz: 250,
  hasTimeWaitTimer: true,
  lockdown: "none",
  unprivilegedBpfDisabled: 2,
  isRoot: true,
  isInitialUserNamespace: true,
  capabilities: new Set(["CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"] as const),
  containerHints: [],
};

const HOST: DoctorInput = {
  facts: FACTS,
  pidNamespace: { isJoinable: true },
  bpftrace: { path: "/usr/bin/bpftrace", version: "0.17.0" },
  trial: { isAttached: true, detail: "9 probes attached" },
  ss: "/usr/bin/ss",
  nsenter: "/usr/bin/nsenter",
};

function troubles(input: Partial<DoctorInput>, facts: Partial<KernelFacts> = {}) {
  const checks = diagnose({ ...HOST, ...input, facts: { ...FACTS, ...facts } });
  return checks.filter(({ status }) => status !== "ok");
}

function lacking(...names: (keyof KernelFacts["tracepoints"])[]): Partial<KernelFacts> {
  const missing = Object.fromEntries(names.map((name) => [name, null]));
  return { tracepoints: { ...FACTS.tracepoints, ...missing } };
}

test.each([
  ["0.17.0", true],
  ["v0.17.0-1", true],
  ["0.20.1", false],
  ["0.23.2", false],
  ["unknown", false],
])("of bpftrace %s it is said what a newer one saves: %s", (version, isSaid) => {
  const checks = diagnose({ ...HOST, bpftrace: { path: "/usr/bin/bpftrace", version } });
  const { what } = checks.find(({ name }) => name === "bpftrace") ?? {};
  expect(what?.includes("0.23 or newer would be ready in half the time")).toBe(isSaid);
});

test("a host with everything has no trouble", () => {
  expect(troubles({})).toEqual([]);
  expect(renderDoctor(diagnose(HOST))).toMatch(/This host can trace everything\.\n$/);
});

test.each<[string, Partial<DoctorInput>, Partial<KernelFacts>, string, string]>([
  ["no root", {}, { isRoot: false }, "rights", "failed"],
  [
    "root without rights",
    {},
    { capabilities: new Set(["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"]) },
    "rights",
    "failed",
  ],
  ["a user namespace", {}, { isInitialUserNamespace: false }, "rights", "failed"],
  ["lockdown", {}, { lockdown: "confidentiality" }, "lockdown", "failed"],
  ["no bpftrace", { bpftrace: { refusal: "not found" } }, {}, "bpftrace", "failed"],
  ["probes refused", { trial: { isAttached: false, detail: "EPERM" } }, {}, "trial", "failed"],
  ["no tracefs", {}, { tracefs: null, isTracefsReadable: false }, "tracefs", "failed"],
  ["closed tracefs", {}, { isTracefsReadable: false }, "tracefs", "failed"],
  ["no BTF", {}, { hasBtf: false }, "BTF", "degraded"],
  [
    "little memory",
    {},
    { memory: { totalBytes: 2 ** 28, availableBytes: 2 ** 26 } },
    "memory",
    "degraded",
  ],
  [
    "no state tracepoint",
    {},
    lacking("sock:inet_sock_set_state"),
    "sock:inet_sock_set_state",
    "failed",
  ],
  [
    "no retransmit tracepoint",
    {},
    lacking("tcp:tcp_retransmit_skb"),
    "tcp:tcp_retransmit_skb",
    "missing",
  ],
  ["no reset tracepoint", {}, lacking("tcp:tcp_send_reset"), "tcp:tcp_send_reset", "missing"],
  ["no kfree_skb", {}, lacking("skb:kfree_skb"), "skb:kfree_skb rx_sk", "degraded"],
  ["no recv_length", {}, lacking("sock:sock_recv_length"), "sock:sock_recv_length", "degraded"],
  ["no accept4", {}, lacking("syscalls:sys_exit_accept4"), "syscalls:sys_exit_accept4", "degraded"],
  [
    "no timer",
    {},
    lacking("timer:timer_expire_entry"),
    "timer:timer_expire_entry function",
    "degraded",
  ],
  ["no timer symbol", {}, { hasTimeWaitTimer: false }, "tw_timer_handler", "degraded"],
  ["no HZ", {}, { hz: null }, "HZ", "degraded"],
  ["no ss", { ss: null }, {}, "ss", "degraded"],
  ["no nsenter", { nsenter: null }, {}, "namespaces", "missing"],
  [
    "a foreign PID namespace",
    { pidNamespace: { isJoinable: false, reason: "x" } },
    {},
    "process numbers",
    "missing",
  ],
])("%s: one check says what it means and what to do", (_, input, facts, name, status) => {
  const found = troubles(input, facts);
  const check = found.find((one) => one.name === name);
  expect(check?.status).toBe(status);
  expect(check?.consequence).not.toBe("");
  expect(check?.next).not.toBe("");
  expect(canTrace(found)).toBe(status !== "failed");
});

test("a field that is missing is told apart from its tracepoint", () => {
  const tracepoints = { ...FACTS.tracepoints, "tcp:tcp_send_reset": new Set(["sport"]) };
  const [check, ...others] = troubles({}, { tracepoints });
  expect(others).toEqual([]);
  expect(check).toMatchObject({ name: "tcp:tcp_send_reset reason", status: "degraded" });
});

test("without tracefs nothing is claimed about tracepoints", () => {
  const facts = { ...lacking(...TRACEPOINTS), tracefs: null, isTracefsReadable: false };
  expect(troubles({}, facts).map(({ name }) => name)).toEqual(["tracefs"]);
});

test("no foreign text reaches the terminal as it is", () => {
  const text = renderDoctor(diagnose({ ...HOST, bpftrace: { refusal: "\u001b[2J\nok" } }));
  expect(text).not.toContain("\u001b");
  expect(text).toContain("This host cannot trace.");
});
