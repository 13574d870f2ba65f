/** The findings of the synthetic incident, worded as detectors word them. */

import type { Finding } from "../../src/core/finding.ts";
import { s } from "./synthetic-endpoint.ts";

export const INCIDENT_FINDINGS: readonly Finding[] = [
  {
    id: "f1",
    kind: "stuck-close-wait",
    key: "812",
    severity: "critical",
    since: s(22),
    until: null,
    subject: { pid: 812, comm: "php-fpm" },
    count: 3,
    summary:
      "php-fpm pid 812 holds 3 connections in CLOSE_WAIT, the oldest for 180 s: the peers have closed, php-fpm has read everything and does not close.",
    endpoints: ["e4", "e5", "e6"],
    evidence: [
      "Recv-Q 0 on all 3: the application has taken everything",
      "a read that returned 0 was seen on e4",
      "descriptors 14, 15, 16 of pid 812; pid 815 holds them too",
    ],
  },
  {
    id: "f2",
    kind: "repeated-fin-retransmit",
    key: "203.0.113.7",
    severity: "warning",
    since: s(20.42),
    until: s(153.44),
    subject: { remote: "203.0.113.7" },
    count: 2,
    summary: "FINs to 203.0.113.7 are not acknowledged: 16 re-sends on 2 connections.",
    endpoints: ["e7", "e8"],
    evidence: ["e8: 9 re-sends, then the kernel gave up", "e7: 7 re-sends so far"],
  },
  {
    id: "f3",
    kind: "half-close",
    key: "e14",
    severity: "info",
    since: s(150),
    until: null,
    subject: { local: "10.0.0.5:45200", remote: "10.0.0.41:5000" },
    count: 1,
    summary: "rsync pid 1301 has shut its sending side for 102 s and still receives.",
    endpoints: ["e14"],
    evidence: ["FIN_WAIT2 with a holder: there is no time limit"],
  },
  {
    id: "f4",
    kind: "incomplete-trace",
    key: "ledger",
    severity: "warning",
    since: s(101),
    until: s(102),
    subject: { cause: "lost" },
    count: 15,
    summary: "12 records were lost and 3 probe runs left out.",
    endpoints: [],
    evidence: ["gap from 05:01:41 to 05:01:42"],
  },
];
