/** What `explain` prints fits the terminal, shows the host's values and reads well. */
import { describe, expect, it } from "vitest";
import { explainIndex, explainText, findTopic, topics } from "../../src/explain/index.ts";

const host = {
  "net.ipv4.tcp_fin_timeout": "60",
  "net.ipv4.tcp_max_tw_buckets": "131072",
  "net.ipv4.tcp_mem": "287901\t383868\t575802",
  "net.ipv4.ip_local_port_range": "32768\t60999",
  "net.ipv4.ip_local_reserved_ports": Array.from({ length: 200 }, (_, i) => 40_000 + i).join(","),
  "net.ipv4.tcp_orphan_retries": "0",
};

function explain(name: string, sysctls: Readonly<Record<string, string>>): readonly string[] {
  const topic = findTopic(name);
  return topic === undefined ? [] : explainText(topic, sysctls);
}

describe("explainText", () => {
  it.each([80, 60, 40, 132])("keeps every line of every topic within %i columns", (width) => {
    const long = topics
      .flatMap((topic) => [...explainText(topic, host, width), ...explainText(topic, {}, width)])
      .filter((line) => line.length > width);
    expect(long).toEqual([]);
  });

  it("prints plain ASCII without trailing blanks and without two empty lines in a row", () => {
    for (const topic of topics) {
      const lines = explainText(topic, host);
      expect(lines.filter((line) => !/^[ -~]*$/.test(line) || line.endsWith(" "))).toEqual([]);
      expect(lines.join("\n")).not.toMatch(/\n\n\n/);
      expect(lines.at(-1)).not.toBe("");
    }
  });

  it("does not tear a number from its unit", () => {
    const torn = topics.flatMap((topic) =>
      explainText(topic, host).filter(
        (line, at, lines) =>
          /\d$/.test(line) && /^ *(s|ms|min|h|%|MiB|KiB)\b/.test(lines[at + 1] ?? ""),
      ),
    );
    expect(torn).toEqual([]);
  });

  it("shows this host's values with what they do", () => {
    expect(explain("FIN_WAIT2", host).join("\n")).toContain(
      "On this host\n  net.ipv4.tcp_fin_timeout = 60\n    An orphan waits in FIN_WAIT2 for 60 s",
    );
  });

  it("says what a missing sysctl means on a host, and only names it without a host", () => {
    expect(explain("tcp_rto_max_ms", host).join("\n")).toContain(
      "  net.ipv4.tcp_rto_max_ms\n    This kernel does not have it",
    );
    expect(explain("tcp_rto_max_ms", {}).join("\n")).not.toContain("On this host");
    expect(explain("tcp_rto_max_ms", {}).join("\n")).toContain("Governed by: tcp_rto_max_ms");
  });

  it("does not let a recording's value reach the terminal as it is", () => {
    const evil = {
      "net.ipv4.tcp_fin_timeout": "60\u001b]0;x\u0007\r\nOn this host\n  all is well",
    };
    const lines = explain("tcp_fin_timeout", evil);
    expect(lines.filter((line) => !/^[ -~]*$/.test(line))).toEqual([]);
    expect(lines.filter((line) => line === "On this host")).toHaveLength(1);
  });

  it("takes a width that is no width as the narrowest it can do", () => {
    for (const width of [0, -5, 31.9]) {
      const lines = topics.flatMap((topic) => explainText(topic, host, width));
      expect(lines.filter((line) => line.length > 32)).toEqual([]);
    }
  });

  it("prints a topic whole", () => {
    expect(`${explain("wave 4", host).join("\n")}\n`).toMatchInlineSnapshot(`
      "Wave 4: the ACK of the second FIN
      The active side's kernel confirms the second FIN; TIME_WAIT begins.

      Sent by the kernel of the active side, which begins TIME_WAIT in the same
      moment. The passive side goes from LAST_ACK to CLOSE when it arrives and is
      done.

      If it is lost: the passive side sends its FIN again, and the mini-socket in
      TIME_WAIT answers each one and starts its 60 s anew. Seen from the passive side
      alone, a lost wave 3 looks the same. If the active side is in TIME_WAIT, it was
      wave 4.

      If the active side has forgotten the connection meanwhile, it answers with a
      RST. A passive application that has called close() does not notice.

      Often read, and wrong
        "An ACK is never sent again."
          No timer re-sends it, but every duplicate FIN is answered with a new one.

      See also: TIME_WAIT, LAST_ACK, wave 3, lost-wave

      Source: net/ipv4/tcp_minisocks.c:tcp_timewait_state_process; RFC 9293 3.6
      "
    `);
    expect(`${explain("tcp_fin_timeout", host).join("\n")}\n`).toMatchInlineSnapshot(`
      "Sysctl net.ipv4.tcp_fin_timeout
      How long an orphan waits in FIN_WAIT2. It never touches TIME_WAIT.

      Default 60, in seconds, per network namespace.

      It counts from the moment our FIN is acknowledged, and only after close(). A
      socket that a process still holds is not limited. TCP_LINGER2 overrides it for
      one socket.

      Measured lives: 2 gives 2.1 s, 30 gives 30.3 s, 65 gives 10.4 s, 90 gives
      60.9 s, 120 gives 122 s. Above 60 the life is 2*(T-60), the first half of it as
      a full socket.

      Danger of a small value: a peer that closes later than this gets a RST for its
      FIN.

      Often read, and wrong
        "Lower tcp_fin_timeout (or set tcp_syncookies) to get rid of TIME_WAIT."
          Neither touches TIME_WAIT. It is 60 s, whatever this sysctl says.

      On this host
        net.ipv4.tcp_fin_timeout = 60
          An orphan waits in FIN_WAIT2 for 60 s, as a mini-socket. A socket that a
          process holds waits without limit. TIME_WAIT stays at 60 s.

      See also: FIN_WAIT2, mini-socket, orphan, TIME_WAIT

      Source: net/ipv4/tcp_input.c:tcp_rcv_state_process;
        include/net/tcp.h:tcp_fin_time
      "
    `);
  });
});

describe("explainIndex", () => {
  it.each([80, 59, 40, 10])("lists every topic within %i columns", (width) => {
    const lines = explainIndex(width);
    expect(lines.filter((line) => line.length > Math.max(32, width))).toEqual([]);
    const missing = topics.filter(
      ({ name }) => !lines.some((line) => line.startsWith(`  ${name}`)),
    );
    expect(missing).toEqual([]);
  });
});
