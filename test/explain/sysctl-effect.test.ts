/** What a value of a sysctl does is told as Linux does it, not as its name suggests. */
import { describe, expect, it } from "vitest";
import {
  ephemeralPorts,
  sysctlEffect,
  sysctlNames,
  sysctlSentence,
} from "../../src/explain/index.ts";

const rtoMax = (ms: string) => ({ "net.ipv4.tcp_rto_max_ms": ms });

describe("sysctlEffect", () => {
  it.each([
    ["tcp_fin_timeout", "2", /for 2 s, as a mini-socket/],
    ["tcp_fin_timeout", "60", /for 60 s, as a mini-socket.*without limit.*TIME_WAIT stays at 60 s/],
    ["tcp_fin_timeout", "65", /for 10 s, which is 2\*\(T-60\): a full socket for 5 s, then.* 5 s/],
    ["tcp_fin_timeout", "90", /for 60 s, which is 2\*\(T-60\): a full socket for 30 s/],
    ["tcp_fin_timeout", "120", /for 120 s, which is 2\*\(T-60\)/],
    ["tcp_fin_timeout", "0", /for 0\.7 s, as a mini-socket/],
    ["tcp_max_tw_buckets", "4096", /4096 mini-sockets.*FIN_WAIT2.*No RST, no log/],
    ["tcp_max_tw_buckets", "0", /No mini-socket is ever made/],
    ["tcp_tw_reuse", "0", /takes over no TIME_WAIT/],
    [
      "tcp_tw_reuse",
      "1",
      /^connect\(\).*same four-tuple after 1 s.*timestamps.*nothing for a server/,
    ],
    ["tcp_tw_reuse", "2", /^On loopback only, connect\(\).*same four-tuple/],
    ["tcp_tw_reuse_delay", "1000", /after 1 s/],
    ["tcp_tw_recycle", "1", /Harmful.*Removed/],
    ["tcp_rfc1337", "0", /RST ends TIME_WAIT/],
    ["tcp_rfc1337", "1", /does not end TIME_WAIT.*FIN_WAIT2/],
    ["tcp_orphan_retries", "0", /^0 means 8.*for 102\.2 s;.*about 106\.5 s/],
    ["tcp_orphan_retries", "1", /for 0\.6 s;.*about 1\.7 s.*not a count/],
    ["tcp_retries2", "15", /for 924\.6 s \(15 min\);.*about 93\d s/],
    ["tcp_retries2", "5", /for 12\.6 s;.*about 13\.3 s/],
    ["tcp_retries1", "3", /After 3 s.*ends nothing/],
    ["tcp_syn_retries", "6", /about 127 s/],
    ["tcp_syn_linear_timeouts", "4", /first 5 pauses.*tcp_syn_retries 6.*about 131 s/],
    ["tcp_syn_linear_timeouts", "0", /doubles from the first.*about 127 s/],
    ["tcp_rto_max_ms", "120000", /up to 120 s.*924\.6 s.*about 106\.5 s/],
    ["tcp_rto_max_ms", "1000", /up to 1 s.*about 2\.7 s/],
    ["tcp_max_orphans", "131072", /131072 orphans on the whole host.*from 32768 on/],
    ["tcp_mem", "287901\t383868\t575802", /1125 MiB.*1499 MiB.*2249 MiB/],
    ["ip_local_port_range", "32768\t60999", /^28232 ports.*about 470 new/],
    ["ip_local_reserved_ports", "", /No port is reserved/],
    ["ip_local_reserved_ports", "8080,40000-40009", /10 of them lie within 32768 to 60999/],
    ["tcp_keepalive_time", "7200", /given up after 7875 s \(2 h 11 min\)/],
    ["tcp_keepalive_intvl", "75", /after 7875 s/],
    ["tcp_keepalive_probes", "9", /after 7875 s/],
    ["tcp_abort_on_overflow", "0", /dropped/],
    ["tcp_abort_on_overflow", "1", /client gets a RST/],
    ["tcp_syncookies", "1", /No effect on TIME_WAIT/],
    ["somaxconn", "128", /at most 128/],
    ["tcp_timestamps", "0", /tcp_tw_reuse can do nothing/],
  ])("%s = %j", (name, value, expected) => {
    expect(sysctlEffect(name, value)).toMatch(expected);
  });

  it("takes the full name as well as the short one", () => {
    for (const full of sysctlNames) {
      const short = full.replace(/^net\.(ipv4|core)\./, "");
      expect(sysctlEffect(full, "1")).toBe(sysctlEffect(short, "1"));
    }
  });

  it("reckons with the sysctls that change each other", () => {
    expect(sysctlEffect("tcp_orphan_retries", "0", rtoMax("1000"))).toMatch(/about 2\.7 s/);
    expect(sysctlEffect("tcp_orphan_retries", "3", rtoMax("1000"))).toMatch(/about 3\.7 s/);
    expect(sysctlEffect("tcp_retries2", "5", rtoMax("1000"))).toMatch(/for 4\.4 s;.*about 5\.7 s/);
    const linear = { "net.ipv4.tcp_syn_linear_timeouts": "4" };
    expect(sysctlEffect("tcp_syn_retries", "6", linear)).toMatch(/about 131 s/);
    const delay = { "net.ipv4.tcp_tw_reuse_delay": "250" };
    expect(sysctlEffect("tcp_tw_reuse", "1", delay)).toMatch(/after 0\.3 s of TIME_WAIT/);
    const reserved = { "net.ipv4.ip_local_reserved_ports": "32768-32777,32770,9" };
    expect(sysctlEffect("ip_local_port_range", "32768 60999", reserved)).toMatch(
      /^28222 ports \(10 more are reserved\)/,
    );
  });

  it.each([
    ["tcp_tw_recycle", /removed in Linux 4\.12/],
    ["tcp_tw_reuse_delay", /does not have it; the age that counts is 1 s/],
    ["tcp_rto_max_ms", /does not have it; .*120 s/],
    ["tcp_syn_linear_timeouts", /does not have it/],
    ["tcp_max_orphans", /absent in a child network namespace/],
    ["tcp_mem", /absent in a child network namespace/],
    ["tcp_fin_timeout", /does not have it, or it could not be read/],
  ])("says what it means that there is no %s", (name, expected) => {
    expect(sysctlEffect(name, undefined)).toMatch(expected);
  });

  it("names what no kernel prints, without passing it on as it is", () => {
    for (const name of sysctlNames.filter((full) => !full.endsWith("reserved_ports"))) {
      for (const value of [
        "-1",
        "1.5",
        "abc",
        "",
        "1 2 3 4",
        "\u001b]0;evil\u0007",
        "9".repeat(1e5),
      ]) {
        const text = sysctlEffect(name, value);
        expect(text).toMatch(/is no value that the kernel prints here\.$/);
        expect(text).toMatch(/^[ -~]{1,120}$/);
      }
    }
    expect(sysctlEffect("ip_local_reserved_ports", "1;reboot")).toMatch(/no value/);
    expect(sysctlEffect("ip_local_port_range", "60999 32768")).toMatch(/no value/);
    expect(sysctlEffect("tcp_tw_reuse", "7")).toMatch(/no value/);
  });

  it("knows nothing of other names, inherited ones included", () => {
    for (const name of ["tcp_sack", "__proto__", "constructor", "toString", ""]) {
      expect(sysctlEffect(name, "1")).toBe("This program knows nothing of that sysctl.");
    }
  });

  it("is quick with a list of reserved ports made to be slow", () => {
    const list = Array.from({ length: 8_000 }, () => "1-65535").join(",");
    const sysctls = {
      "net.ipv4.ip_local_port_range": "32768 60999",
      "net.ipv4.ip_local_reserved_ports": list,
    };
    expect(ephemeralPorts(sysctls)).toBe(0);
  });
});

describe("ephemeralPorts", () => {
  it("counts the range less what is reserved in it", () => {
    const range = { "net.ipv4.ip_local_port_range": "32768\t60999" };
    expect(ephemeralPorts(range)).toBe(28_232);
    expect(ephemeralPorts({ ...range, "net.ipv4.ip_local_reserved_ports": "80,32768" })).toBe(
      28_231,
    );
  });

  it("is undefined where the range is not known", () => {
    expect(ephemeralPorts({})).toBeUndefined();
    expect(ephemeralPorts({ "net.ipv4.ip_local_port_range": "5" })).toBeUndefined();
  });
});

describe("sysctlSentence", () => {
  it("puts name, value and effect into one line", () => {
    expect(sysctlSentence("tcp_rfc1337", { "net.ipv4.tcp_rfc1337": "0" })).toBe(
      "tcp_rfc1337 is 0. A RST ends TIME_WAIT at once and silently.",
    );
    expect(sysctlSentence("net.ipv4.tcp_tw_recycle", {})).toMatch(/^tcp_tw_recycle: This kernel/);
  });
});
