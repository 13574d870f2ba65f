/** A report in which every text from outside is hostile. */

import type { Endpoint } from "../../src/core/endpoint.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { Report } from "../../src/export/report.ts";
import { endpointOf, phasesOf, s, waveOf } from "./synthetic-endpoint.ts";
import { headerOf, reportOf } from "./synthetic-trace.ts";

/** Every place where a recording can carry text from outside, filled with one hostile name. */
function hostileEndpoint(name: string, i: number): Endpoint {
  return endpointOf(`e${i + 1}`, {
    tuple: { netns: 1, local: name, localPort: 443, remote: name, remotePort: 50000 },
    state: "CLOSE",
    role: "active",
    trigger: "close",
    verdict: "reset-sent",
    teardownAt: s(1),
    endedAt: s(2),
    owner: { pid: 7, comm: name, source: "close", confidence: "certain" },
    holders: [{ pid: 8, comm: name, fds: [3] }],
    phases: phasesOf([["FIN_WAIT1", s(1)]], s(2)),
    waves: [waveOf(1, "local", s(1))],
    reset: { at: s(2), direction: "sent", reason: name },
    note: name,
  });
}

function hostileFinding(name: string, i: number): Finding {
  return {
    id: `f${i + 1}`,
    kind: "stuck-close-wait",
    key: name,
    severity: "warning",
    since: s(1),
    until: s(2),
    subject: { pid: 7, comm: name, remote: name },
    count: 1,
    summary: `${name} does not close`,
    endpoints: [`e${i + 1}`],
    evidence: [name],
  };
}

/** One endpoint a name; the first names are the host, the findings and the process too. */
export function hostileReport(names: readonly string[]): Report {
  const trace = {
    endpoints: names.map(hostileEndpoint),
    findings: names.slice(0, 5).map(hostileFinding),
    sysctls: Object.fromEntries(names.map((name) => [name, name])),
    processes: names.slice(0, 1).map((name) => ({
      type: "process" as const,
      t: 0,
      pid: 7,
      startTicks: 1,
      comm: name,
      exe: name,
      cmdline: name,
      uid: 0,
      unit: name,
      container: name,
      fdLimit: null,
      fdCount: null,
    })),
  };
  const header = headerOf({ hostname: names[0] ?? "", kernel: names[1] ?? "" });
  return reportOf(trace, s(3), { header });
}
