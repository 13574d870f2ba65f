/** Advice changes the application first and never recommends a knob that does nothing. */
import { describe, expect, it } from "vitest";
import { type AdviceFacts, adviceFor, sysctlNames, topics } from "../../src/explain/index.ts";

const kinds = topics.filter(({ kind }) => kind === "finding").map(({ name }) => name);

const sysctls: Readonly<Record<string, string>> = {
  "net.ipv4.tcp_fin_timeout": "60",
  "net.ipv4.tcp_max_tw_buckets": "131072",
  "net.ipv4.tcp_tw_reuse": "2",
  "net.ipv4.tcp_timestamps": "1",
  "net.ipv4.tcp_orphan_retries": "0",
  "net.ipv4.tcp_retries2": "15",
  "net.ipv4.tcp_max_orphans": "131072",
  "net.ipv4.tcp_mem": "287901\t383868\t575802",
  "net.ipv4.ip_local_port_range": "32768\t60999",
};

const variants: readonly Omit<AdviceFacts, "sysctls">[] = [
  {},
  { unread: "drained", eofRead: true },
  { unread: "fin-unread" },
  { unread: "data-unread", isShared: true },
  { unread: "not-accepted" },
  { orphan: true },
  { orphan: false },
  { resetCause: "unread-data" },
  { resetCause: "received" },
  { limit: "ports", portsHeldBy: "TIME_WAIT" },
  { limit: "tw-buckets", portsHeldBy: "FIN_WAIT2" },
  { limit: "orphans", portsHeldBy: "CLOSE_WAIT" },
  { limit: "memory", portsHeldBy: "ESTABLISHED" },
  { limit: "ports", portsHeldBy: "FIN_WAIT2", isLoopback: true },
  { unread: "fin-unread", stuckCause: "unread" },
  { unread: "fin-unread", stuckCause: "deadlocked" },
  { unread: "drained", stuckCause: "inherited", isShared: true },
  { loss: "skipped" },
];

const everyAdvice = kinds.flatMap((kind) =>
  variants.flatMap((variant) =>
    [sysctls, {}, { ...sysctls, "net.ipv4.tcp_fin_timeout": "90" }].map((values) => ({
      kind,
      advice: adviceFor(kind, { ...variant, sysctls: values }),
    })),
  ),
);

const sysctlsOf = (kind: string, facts: Omit<AdviceFacts, "sysctls">, values = sysctls) =>
  adviceFor(kind, { ...facts, sysctls: values }).flatMap(({ sysctl }) => sysctl ?? []);

const firstText = (kind: string, facts: Omit<AdviceFacts, "sysctls">) =>
  adviceFor(kind, { ...facts, sysctls })[0]?.text;

describe("adviceFor", () => {
  it("has something to say about every finding, whatever is known", () => {
    expect(everyAdvice.filter(({ advice }) => advice.length === 0)).toEqual([]);
  });

  it("begins with something else than a sysctl", () => {
    expect(everyAdvice.filter(({ advice }) => advice[0]?.sysctl !== undefined)).toEqual([]);
  });

  it("follows the likely cause of a stuck CLOSE_WAIT", () => {
    const of = (stuckCause: NonNullable<AdviceFacts["stuckCause"]>) =>
      firstText("stuck-close-wait", { unread: "fin-unread", stuckCause });
    expect(of("inherited")).toContain("SOCK_CLOEXEC");
    expect(of("deadlocked")).toContain("stacks of all threads");
    expect(of("unread")).toContain("accept no more than it can serve");
    expect(of("idle-pool")).toContain("pool");
  });

  it("leaves out what is in force already, or cannot be had", () => {
    const ports = { limit: "ports", portsHeldBy: "TIME_WAIT" } as const;
    const reuse = "net.ipv4.tcp_tw_reuse";
    const range = "net.ipv4.ip_local_port_range";
    expect(sysctlsOf("time-wait-pressure", ports)).toEqual([range, reuse]);
    expect(sysctlsOf("time-wait-pressure", { ...ports, isLoopback: true })).toEqual([range]);
    expect(sysctlsOf("port-exhaustion", { ...ports, isLoopback: true })).toEqual([range]);
    for (const [low, isWide] of [
      [1024, true],
      [1025, false],
    ] as const) {
      const values = { ...sysctls, [range]: `${low}\t65535` };
      expect(sysctlsOf("port-exhaustion", ports, values).includes(range)).toBe(!isWide);
    }
  });

  it("takes nothing over that waits in FIN_WAIT2", () => {
    const held = { limit: "ports", portsHeldBy: "FIN_WAIT2" } as const;
    expect(sysctlsOf("time-wait-pressure", held)).toEqual([
      "net.ipv4.ip_local_port_range",
      "net.ipv4.tcp_fin_timeout",
    ]);
    expect(firstText("time-wait-pressure", held)).toContain("Make the peer close");
  });

  it("has no advice for a kind that does not exist", () => {
    expect(adviceFor("constructor", { sysctls })).toEqual([]);
    expect(adviceFor("stuck", { sysctls })).toEqual([]);
  });

  it("keeps to the form of the report", () => {
    for (const { text, sysctl, current, ...rest } of everyAdvice.flatMap(({ advice }) => advice)) {
      expect(rest).toEqual({});
      expect(text).toMatch(/^[ -~]+\.$/);
      expect(text).not.toMatch(/undefined|NaN|\$\{/);
      if (sysctl === undefined) expect(current).toBeUndefined();
      else expect(sysctlNames).toContain(sysctl);
    }
  });

  it("gives each sysctl with its value, its effect and the danger", () => {
    for (const kind of kinds) {
      for (const { text, sysctl, current } of adviceFor(kind, { sysctls })) {
        if (sysctl === undefined) continue;
        expect(current).toBe(sysctls[sysctl]?.replaceAll("\t", " "));
        expect(text).toContain(` is ${current}. `);
        expect(text).toContain("Danger: ");
      }
    }
  });

  it("never recommends tcp_tw_recycle, and calls it removed where it is named", () => {
    for (const { text, sysctl } of everyAdvice.flatMap(({ advice }) => advice)) {
      expect(sysctl).not.toBe("net.ipv4.tcp_tw_recycle");
      if (text.includes("tcp_tw_recycle")) expect(text).toMatch(/tcp_tw_recycle was removed/);
    }
  });

  it("never treats TIME_WAIT with tcp_fin_timeout or tcp_syncookies", () => {
    for (const variant of variants.filter(({ portsHeldBy }) => portsHeldBy !== "FIN_WAIT2")) {
      for (const kind of ["time-wait-pressure", "port-exhaustion"]) {
        expect(sysctlsOf(kind, variant)).not.toContain("net.ipv4.tcp_fin_timeout");
        expect(sysctlsOf(kind, variant)).not.toContain("net.ipv4.tcp_syncookies");
      }
    }
    expect(sysctlsOf("time-wait-pressure", { portsHeldBy: "FIN_WAIT2" })).not.toContain(
      "net.ipv4.tcp_fin_timeout",
    );
  });

  it("uses tcp_fin_timeout where it works: ports held in FIN_WAIT2, full orphans above 60", () => {
    const timeout = "net.ipv4.tcp_fin_timeout";
    expect(sysctlsOf("port-exhaustion", { portsHeldBy: "FIN_WAIT2" })).toContain(timeout);
    expect(sysctlsOf("stuck-fin-wait2", { orphan: true })).toContain(timeout);
    expect(sysctlsOf("stuck-fin-wait2", { orphan: false })).not.toContain(timeout);
    expect(sysctlsOf("orphan-pressure", {})).not.toContain(timeout);
    expect(sysctlsOf("orphan-pressure", {}, { ...sysctls, [timeout]: "90" })).toContain(timeout);
  });

  it("offers no sysctl against CLOSE_WAIT and says that there is none", () => {
    for (const kind of ["stuck-close-wait", "descriptor-exhaustion"]) {
      for (const variant of variants) {
        expect(sysctlsOf(kind, variant)).toEqual([]);
        const texts = adviceFor(kind, { ...variant, sysctls }).map(({ text }) => text);
        expect(texts.join(" ")).toContain("No sysctl ends CLOSE_WAIT");
      }
    }
  });

  it.each([
    [{ unread: "not-accepted" }, /No process has accepted/],
    [{ unread: "data-unread" }, /does not read/],
    [{ unread: "fin-unread" }, /Nobody reads/],
    [{ unread: "drained", eofRead: true }, /read the end of the stream and did not close/],
    [{ unread: "drained" }, /must close the descriptor/],
  ] as const)("tells the causes of CLOSE_WAIT apart: %j", (facts, expected) => {
    expect(firstText("stuck-close-wait", facts)).toMatch(expected);
  });

  it("claims that the end of the stream was read only where that was observed", () => {
    expect(firstText("stuck-close-wait", { unread: "drained", eofRead: false })).not.toMatch(
      /read the end of the stream/,
    );
  });

  it("follows the owner in choosing between tcp_orphan_retries and tcp_retries2", () => {
    for (const kind of ["stuck-fin-wait1", "stuck-last-ack", "repeated-fin-retransmit"]) {
      expect(sysctlsOf(kind, { orphan: true })).toEqual(["net.ipv4.tcp_orphan_retries"]);
      expect(sysctlsOf(kind, { orphan: false })).toEqual(["net.ipv4.tcp_retries2"]);
    }
  });

  it("leaves out what the host does not have or has set already", () => {
    const reuse = "net.ipv4.tcp_tw_reuse";
    expect(sysctlsOf("time-wait-pressure", {})).toContain(reuse);
    expect(sysctlsOf("time-wait-pressure", {}, { ...sysctls, [reuse]: "1" })).not.toContain(reuse);
    const withoutStamps = { ...sysctls, "net.ipv4.tcp_timestamps": "0" };
    expect(sysctlsOf("time-wait-pressure", {}, withoutStamps)).not.toContain(reuse);
    const { "net.ipv4.tcp_max_orphans": _, ...child } = sysctls;
    expect(sysctlsOf("orphan-pressure", {}, child)).not.toContain("net.ipv4.tcp_max_orphans");
  });

  it("advises on the limit that is near", () => {
    const buckets = "net.ipv4.tcp_max_tw_buckets";
    expect(sysctlsOf("time-wait-pressure", { limit: "tw-buckets" })).toEqual([buckets]);
    expect(sysctlsOf("time-wait-pressure", { limit: "ports" })).not.toContain(buckets);
    expect(sysctlsOf("orphan-pressure", { limit: "memory" })).not.toContain(
      "net.ipv4.tcp_max_orphans",
    );
  });

  it("makes a hostile value fit to be shown", () => {
    const hostile = { ...sysctls, "net.ipv4.tcp_fin_timeout": "\u001b[2J{red-fg}\u202e\n9" };
    const given = adviceFor("stuck-fin-wait2", { orphan: true, sysctls: hostile });
    for (const { text, current = "" } of given) expect(text + current).toMatch(/^[ -~]+$/);
  });
});
