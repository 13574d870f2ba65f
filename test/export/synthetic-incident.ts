/** One incident with every kind of ending, made by hand; the numbers follow measured teardowns. */

import type { Endpoint, Owner } from "../../src/core/endpoint.ts";
import type { Finding } from "../../src/core/finding.ts";
import { endpointOf, ms, phasesOf, resendsOf, s, waveOf } from "./synthetic-endpoint.ts";
import { INCIDENT_FINDINGS } from "./synthetic-findings.ts";
import { ledgerOf, type SyntheticTrace } from "./synthetic-trace.ts";

/** When the incident's recording ended. */
export const INCIDENT_END = s(192);

const NGINX: Owner = { pid: 811, comm: "nginx", source: "close", confidence: "certain" };
const PHP: Owner = { pid: 812, comm: "php-fpm", source: "accept", confidence: "certain" };
const CURL: Owner = { pid: 900, comm: "curl", source: "close", confidence: "certain" };

function tuple(local: string, localPort: number, remote: string, remotePort: number) {
  return { tuple: { netns: 4026531840, local, localPort, remote, remotePort } };
}

/** Both ends of a graceful close on one host. */
export function gracefulPair(t = s(2)): [Endpoint, Endpoint] {
  const client = endpointOf("e1", {
    ...tuple("127.0.0.1", 40000, "127.0.0.1", 8080),
    direction: "out",
    state: "TIME_WAIT",
    isMini: true,
    teardownAt: t,
    expiresAt: t + s(60),
    role: "active",
    trigger: "close",
    verdict: "graceful",
    orphan: true,
    owner: CURL,
    phases: phasesOf([
      ["ESTABLISHED", t - s(1)],
      ["FIN_WAIT1", t],
      ["FIN_WAIT2", t + 41_000],
      ["TIME_WAIT", t + ms(12)],
    ]),
    waves: [
      waveOf(1, "local", t),
      waveOf(2, "remote", t + 41_000),
      waveOf(3, "remote", t + ms(12)),
      waveOf(4, "local", t + ms(12), "inferred"),
    ],
    rttMs: 0.052,
    bytesSent: 78,
    bytesReceived: 1256,
  });
  const server = endpointOf("e2", {
    ...tuple("127.0.0.1", 8080, "127.0.0.1", 40000),
    state: "CLOSE",
    endedAt: t + ms(12) + 30_000,
    teardownAt: t + 22_000,
    role: "passive",
    trigger: "close",
    verdict: "graceful",
    owner: NGINX,
    eofRead: true,
    phases: phasesOf(
      [
        ["SYN_RECV", t - s(1)],
        ["ESTABLISHED", t - s(1) + 9_000],
        ["CLOSE_WAIT", t + 22_000],
        ["LAST_ACK", t + ms(12) - 18_000],
      ],
      t + ms(12) + 30_000,
    ),
    waves: [
      waveOf(1, "remote", t + 22_000),
      waveOf(2, "local", t + 22_000, "inferred"),
      waveOf(3, "local", t + ms(12) - 18_000),
      waveOf(4, "remote", t + ms(12) + 30_000),
    ],
    rttMs: 0.048,
    bytesSent: 1256,
    bytesReceived: 78,
  });
  client.peer = server;
  server.peer = client;
  return [client, server];
}

/** Three connections that php-fpm has drained and not closed. */
function stuckCloseWait(): Endpoint[] {
  return [0, 1, 2].map((i) =>
    endpointOf(`e${4 + i}`, {
      ...tuple("10.0.0.5", 9000, "10.0.0.9", 51000 + i),
      state: "CLOSE_WAIT",
      teardownAt: s(12 + i),
      role: "passive",
      owner: PHP,
      holders: [
        { pid: 812, comm: "php-fpm", fds: [14 + i] },
        { pid: 815, comm: "php-fpm", fds: [14 + i] },
      ],
      unread: "drained",
      unreadBytes: 0,
      eofRead: i === 0,
      phases: phasesOf([
        ["ESTABLISHED", s(3)],
        ["CLOSE_WAIT", s(12 + i)],
      ]),
      waves: [waveOf(1, "remote", s(12 + i)), waveOf(2, "local", s(12 + i), "inferred")],
      rttMs: 0.31,
      bytesSent: 20_480,
      bytesReceived: 512,
    }),
  );
}

/** A passive closer whose FIN nobody acknowledges. */
function lostLastAck(): Endpoint {
  const t = s(140);
  return endpointOf("e7", {
    ...tuple("10.0.0.5", 443, "203.0.113.7", 50110),
    state: "LAST_ACK",
    teardownAt: t,
    role: "passive",
    trigger: "close",
    orphan: true,
    owner: NGINX,
    phases: phasesOf([
      ["ESTABLISHED", s(1)],
      ["CLOSE_WAIT", t],
      ["LAST_ACK", t + ms(3)],
    ]),
    waves: [
      waveOf(1, "remote", t),
      waveOf(2, "local", t, "inferred"),
      waveOf(3, "local", t + ms(3), "observed", 7),
    ],
    lostWave: "3 or 4",
    resends: resendsOf(
      "FIN",
      [0.21, 0.42, 0.84, 1.68, 3.36, 6.72, 13.44].map((at) => t + s(at)),
    ),
    rttMs: 1.2,
  });
}

/** An active closer that gave up after 106 s. */
function timedOut(): Endpoint {
  const t = s(20);
  const moments = [0.21, 0.42, 0.84, 1.68, 3.36, 6.72, 13.44, 26.9, 53.8];
  return endpointOf("e8", {
    ...tuple("10.0.0.5", 443, "203.0.113.7", 50111),
    state: "CLOSE",
    endedAt: t + s(106.4),
    teardownAt: t,
    role: "active",
    trigger: "exit",
    verdict: "timed-out",
    orphan: true,
    owner: NGINX,
    phases: phasesOf(
      [
        ["ESTABLISHED", s(1)],
        ["FIN_WAIT1", t],
      ],
      t + s(106.4),
    ),
    waves: [waveOf(1, "local", t, "observed", 9)],
    lostWave: "1 or 2",
    resends: resendsOf(
      "FIN",
      moments.map((at) => t + s(at)),
    ),
    rttMs: 1.3,
  });
}

/** A close() with data unread: RST instead of FIN. */
function resetByUnreadData(): Endpoint {
  const t = s(33);
  return endpointOf("e9", {
    ...tuple("10.0.0.5", 443, "198.51.100.20", 42001),
    state: "CLOSE",
    endedAt: t,
    teardownAt: t,
    trigger: "unread-data",
    verdict: "reset-sent",
    owner: NGINX,
    reset: { at: t + 11_000, direction: "sent", reason: "TCP_ABORT_ON_CLOSE" },
    phases: phasesOf([["ESTABLISHED", s(30)]], t),
    rttMs: 24.7,
    bytesSent: 0,
    bytesReceived: 4_812,
  });
}

/** Both FINs crossed. */
function simultaneous(): Endpoint {
  const t = s(155);
  return endpointOf("e10", {
    ...tuple("10.0.0.5", 5432, "10.0.0.6", 40404),
    state: "TIME_WAIT",
    isMini: true,
    teardownAt: t,
    expiresAt: t + s(60),
    role: "simultaneous",
    trigger: "close",
    verdict: "graceful",
    orphan: true,
    owner: { pid: 77, comm: "postgres", source: "close", confidence: "certain" },
    phases: phasesOf([
      ["ESTABLISHED", s(1)],
      ["FIN_WAIT1", t],
      ["CLOSING", t + 80_000],
      ["TIME_WAIT", t + 190_000],
    ]),
    waves: [
      waveOf(1, "local", t),
      waveOf(2, "remote", t + 190_000),
      waveOf(3, "remote", t + 80_000),
      waveOf(4, "local", t + 80_000, "inferred"),
    ],
  });
}

/** Two visible ends between which the first FIN was lost once. */
export function lostFirstWave(): [Endpoint, Endpoint] {
  const t = s(160);
  const taken = t + ms(212);
  const active = endpointOf("e11", {
    ...tuple("10.1.0.1", 33000, "10.1.0.2", 6379),
    direction: "out",
    state: "TIME_WAIT",
    isMini: true,
    teardownAt: t,
    expiresAt: taken + s(60),
    role: "active",
    trigger: "shutdown",
    verdict: "graceful",
    owner: { pid: 1200, comm: "worker", source: "connect", confidence: "certain" },
    phases: phasesOf([
      ["ESTABLISHED", s(40)],
      ["FIN_WAIT1", t],
      ["FIN_WAIT2", taken + 90_000],
      ["TIME_WAIT", taken + ms(2)],
    ]),
    waves: [
      waveOf(1, "local", t, "observed", 1),
      waveOf(2, "remote", taken + 90_000),
      waveOf(3, "remote", taken + ms(2)),
      waveOf(4, "local", taken + ms(2), "inferred"),
    ],
    lostWave: 1,
    resends: resendsOf("FIN", [t + ms(212)]),
    rttMs: 0.2,
  });
  const passive = endpointOf("e12", {
    ...tuple("10.1.0.2", 6379, "10.1.0.1", 33000),
    state: "CLOSE",
    endedAt: taken + ms(2.2),
    teardownAt: taken + 60_000,
    role: "passive",
    trigger: "close",
    verdict: "graceful",
    owner: { pid: 1100, comm: "redis-server", source: "close", confidence: "certain" },
    phases: phasesOf(
      [
        ["ESTABLISHED", s(40)],
        ["CLOSE_WAIT", taken + 60_000],
        ["LAST_ACK", taken + ms(1.9)],
      ],
      taken + ms(2.2),
    ),
    waves: [
      waveOf(1, "remote", taken + 60_000),
      waveOf(2, "local", taken + 60_000, "inferred"),
      waveOf(3, "local", taken + ms(1.9)),
      waveOf(4, "remote", taken + ms(2.2)),
    ],
  });
  active.peer = passive;
  passive.peer = active;
  return [active, passive];
}

function refused(): Endpoint {
  const t = s(70);
  return endpointOf("e13", {
    ...tuple("10.0.0.5", 45100, "10.0.0.40", 8086),
    direction: "out",
    state: "CLOSE",
    bornAt: t,
    endedAt: t + ms(0.4),
    teardownAt: t + ms(0.4),
    verdict: "refused",
    owner: { pid: 1300, comm: "telegraf", source: "connect", confidence: "certain" },
    reset: { at: t + ms(0.39), direction: "received", reason: null },
    phases: phasesOf([["SYN_SENT", t]], t + ms(0.4)),
  });
}

/** One direction shut on purpose: the other still carries data. */
function halfClosed(): Endpoint {
  const t = s(90);
  return endpointOf("e14", {
    ...tuple("10.0.0.5", 45200, "10.0.0.41", 5000),
    direction: "out",
    state: "FIN_WAIT2",
    teardownAt: t,
    role: "active",
    trigger: "shutdown",
    owner: { pid: 1301, comm: "rsync", source: "connect", confidence: "certain" },
    phases: phasesOf([
      ["ESTABLISHED", s(80)],
      ["FIN_WAIT1", t],
      ["FIN_WAIT2", t + ms(0.6)],
    ]),
    waves: [waveOf(1, "local", t), waveOf(2, "remote", t + ms(0.6))],
  });
}

/** Older than the trace and still open; IPv6, no owner found. */
function oldOpen(): Endpoint {
  const endpoint = endpointOf("e15", {
    ...tuple("2001:db8::5", 443, "2001:db8:85a3:8d3:1319:8a2e:370:7348", 60123),
    direction: null,
    isComplete: false,
  });
  endpoint.phases = [
    ...endpoint.phases,
    {
      state: "ESTABLISHED",
      from: s(0.3),
      to: null,
      evidence: "snapshot",
      atLeast: true,
    },
  ];
  return endpoint;
}

/** All endpoints of the incident, oldest first. */
export function incidentEndpoints(): Endpoint[] {
  return [
    ...gracefulPair(s(150)),
    ...stuckCloseWait(),
    lostLastAck(),
    timedOut(),
    resetByUnreadData(),
    simultaneous(),
    ...lostFirstWave(),
    refused(),
    halfClosed(),
    oldOpen(),
  ];
}

/** The incident with its findings. */
export function incident(findings: readonly Finding[] = INCIDENT_FINDINGS): SyntheticTrace {
  return {
    endpoints: incidentEndpoints(),
    findings,
    ledger: ledgerOf(12_345, { received: 12_333, lost: 12, skipped: 3 }),
    processes: [
      {
        type: "process",
        t: s(13),
        pid: 812,
        startTicks: 4711,
        comm: "php-fpm",
        exe: "/usr/sbin/php-fpm8.2",
        cmdline: "php-fpm: pool www",
        uid: 33,
        unit: "php8.2-fpm.service",
        container: null,
        fdLimit: 1024,
        fdCount: 19,
      },
    ],
    sysctls: {
      "net.ipv4.tcp_fin_timeout": "60",
      "net.ipv4.tcp_orphan_retries": "0",
      "net.ipv4.tcp_retries2": "15",
    },
    phaseMs: {
      TIME_WAIT: { p50: 60_000, p90: 60_000, p99: 60_212, max: 60_212 },
      FIN_WAIT1: { p50: 0.041, p90: 212.09, p99: 106_400, max: 106_400 },
      FIN_WAIT2: { p50: 1.91, p90: 11.959, p99: 102_000, max: 102_000 },
      CLOSE_WAIT: { p50: 11.96, p90: 180_000, p99: 180_000, max: 180_000 },
      LAST_ACK: { p50: 0.048, p90: 0.3, p99: 51_997, max: 51_997 },
      ESTABLISHED: { p50: 1000, p90: 9000, p99: 139_000, max: 191_700 },
    },
  };
}
