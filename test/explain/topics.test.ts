/** Every name that the contract fixes can be explained, and every link leads somewhere. */
import { describe, expect, it } from "vitest";
import { TCP_STATES } from "../../src/event/tcp-state.ts";
import { findTopic, sysctlNames, topicKinds, topics } from "../../src/explain/index.ts";

const states = TCP_STATES.filter((state) => state !== null).join(" ");
const verdicts = "graceful reset-sent reset-received timed-out refused killed unfinished unknown";
const roles = "active passive simultaneous none";
const triggers = "close shutdown exit linger unread-data";
const findings =
  "stuck-close-wait repeated-fin-retransmit stuck-fin-wait1 stuck-last-ack stuck-fin-wait2 " +
  "half-close time-wait-pressure port-exhaustion reset-teardown orphan-pressure " +
  "descriptor-exhaustion incomplete-trace";
const sysctls =
  "tcp_fin_timeout tcp_max_tw_buckets tcp_tw_reuse tcp_tw_reuse_delay tcp_tw_recycle " +
  "tcp_orphan_retries tcp_retries2 tcp_retries1 tcp_syn_retries tcp_syn_linear_timeouts " +
  "tcp_rto_max_ms tcp_max_orphans tcp_mem ip_local_port_range ip_local_reserved_ports " +
  "tcp_keepalive_time tcp_keepalive_intvl tcp_keepalive_probes tcp_abort_on_overflow " +
  "tcp_rfc1337 tcp_syncookies somaxconn";
const counters =
  "TW TWKilled TWRecycled TCPTimeWaitOverflow TCPAbortOnClose TCPAbortOnData TCPAbortOnLinger " +
  "TCPAbortOnTimeout TCPAbortOnMemory TCPAbortFailed EstabResets TCPTimeouts TCPLossProbes " +
  "TCPLostRetransmit TCPRetransFail TCPSynRetrans TCPDSACKOldSent EmbryonicRsts ListenOverflows";
const words =
  "endpoint connection teardown wave role trigger verdict owner orphan evidence gap ledger phase " +
  "mini-socket accept-queue unread EOF RST RTO TLP retransmit keepalive 2MSL four-tuple";

describe("topics", () => {
  it.each([
    ["state", states],
    ["wave", "wave-1 wave-2 wave-3 wave-4"],
    ["verdict", verdicts],
    ["role", roles],
    ["trigger", triggers],
    ["finding", findings],
    ["sysctl", sysctls],
    ["counter", counters],
    ["word", words],
  ])("hold every %s that has a name", (kind, names) => {
    const missing = names.split(" ").filter((name) => findTopic(name)?.kind !== kind);
    expect(missing).toEqual([]);
  });

  it("have one name each", () => {
    const names = topics.map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it("link only to topics that exist, and never to themselves", () => {
    const names = new Set(topics.map(({ name }) => name));
    const broken = topics.flatMap(({ name, see = [] }) =>
      see.filter((link) => !names.has(link) || link === name).map((link) => `${name} -> ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it("name only sysctls that have a topic and an effect", () => {
    const named = [...topics.flatMap(({ sysctls = [] }) => sysctls), ...sysctlNames];
    const short = (full: string) => full.replace(/^net\.(ipv4|core)\./, "");
    expect(named.filter((full) => findTopic(short(full))?.kind !== "sysctl")).toEqual([]);
    expect(named.filter((full) => !sysctlNames.includes(full))).toEqual([]);
  });

  it("are written in plain ASCII, without breaks or double spaces", () => {
    const odd = topics.filter((topic) => {
      const folklore = (topic.folklore ?? []).flatMap(({ claim, truth }) => [claim, truth]);
      const all = [topic.title, topic.oneLine, ...topic.text, ...folklore, topic.source ?? ""];
      return all.some((text) => !/^[ -~]*$/.test(text) || / {2}/.test(text));
    });
    expect(odd.map(({ name }) => name)).toEqual([]);
  });

  it("say what they are in one sentence of at most 90 characters", () => {
    const long = topics.filter(({ oneLine }) => oneLine.length > 90 || !oneLine.endsWith("."));
    expect(long.map(({ name }) => name)).toEqual([]);
  });

  it("belong to a known kind and have something to say", () => {
    for (const { kind, text } of topics) {
      expect(topicKinds).toContain(kind);
      expect(text.join(" ").length).toBeGreaterThan(30);
    }
  });

  it("tell for every state of a live socket what ends it and what ss shows", () => {
    const silent = topics
      .filter(({ kind, name }) => kind === "state" && name !== "CLOSE" && name !== "NEW_SYN_RECV")
      .filter(
        ({ text }) =>
          !["Waits for:", "Ended by:", "ss shows:"].every((label) =>
            text.some((paragraph) => paragraph.startsWith(label)),
          ),
      );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it("tell for every finding its causes and what to do", () => {
    const silent = topics
      .filter(({ kind }) => kind === "finding")
      .filter(({ text }) => !/What it means:.*What to do:/.test(text.join(" ")));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
