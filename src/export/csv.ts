/** `--format csv`: a row for each endpoint, for a spreadsheet that trusts nobody. */

import { safeText } from "../event/safe-text.ts";
import { completenessOf } from "./completeness.ts";
import type { ExportFormat } from "./format.ts";
import { safeName } from "./names.ts";
import { asLines, inPieces } from "./pieces.ts";
import type { Report } from "./report.ts";
import type { ReportEndpoint } from "./report-endpoint.ts";

/**
 * RFC 4180: commas, CRLF, a header row. Names that look like formulas carry an apostrophe.
 *
 * Every record must have the same fields, so there is no line for a statement of completeness:
 * it is the first field of each row, where sorting, filtering and copying cannot part it from
 * what it is said of.
 */
export const csv: ExportFormat = {
  name: "csv",
  extension: "csv",
  about: "a row for each endpoint, for a spreadsheet",
  render: (report) => inPieces(asLines(rows(report), "\r\n")),
};

type Value = string | number | boolean | null;

const LONGEST_PATH = 4096;

const path = (text: string | null | undefined) =>
  text == null ? null : safeText(text, { max: LONGEST_PATH });

/** Column by column; a time in a state sums its stays. */
const COLUMNS: Readonly<Record<string, (endpoint: ReportEndpoint) => Value>> = {
  id: ({ id }) => safeName(id),
  netns: ({ netns }) => netns,
  localAddress: ({ local }) => safeName(local.address),
  localPort: ({ local }) => local.port,
  remoteAddress: ({ remote }) => safeName(remote.address),
  remotePort: ({ remote }) => remote.port,
  role: ({ role }) => role,
  trigger: ({ trigger }) => trigger,
  verdict: ({ verdict }) => verdict,
  state: ({ state }) => state,
  stateSince,
  orphan: ({ orphan }) => orphan,
  ownerPid: ({ owner }) => owner?.pid ?? null,
  ownerComm: ({ owner }) => (owner === null ? null : safeName(owner.comm)),
  ownerExe: ({ owner }) => path(owner?.exe),
  ownerUnit: ({ owner }) => path(owner?.unit),
  ownerContainer: ({ owner }) => path(owner?.container),
  ownerSource: ({ owner }) => owner?.source ?? null,
  ownerConfidence: ({ owner }) => owner?.confidence ?? null,
  holders: ({ holders }) => holders.length,
  unread: ({ unread }) => unread,
  unreadBytes: ({ unreadBytes }) => unreadBytes,
  eofRead: ({ eofRead }) => eofRead,
  firstSeen: ({ phases }) => phases[0]?.from ?? null,
  wave1At: (endpoint) => waveAt(endpoint, 1),
  wave2At: (endpoint) => waveAt(endpoint, 2),
  wave3At: (endpoint) => waveAt(endpoint, 3),
  wave4At: (endpoint) => waveAt(endpoint, 4),
  lostWave: ({ lostWave }) => lostWave,
  finResends: ({ retransmits }) => retransmits.filter(({ kind }) => kind.endsWith("FIN")).length,
  dataResends: ({ retransmits }) => retransmits.filter(({ kind }) => kind === "DATA").length,
  synResends: ({ retransmits }) => retransmits.filter(({ kind }) => kind === "SYN").length,
  establishedMs: (endpoint) => stayMs(endpoint, "ESTABLISHED"),
  finWait1Ms: (endpoint) => stayMs(endpoint, "FIN_WAIT1"),
  finWait2Ms: (endpoint) => stayMs(endpoint, "FIN_WAIT2"),
  closingMs: (endpoint) => stayMs(endpoint, "CLOSING"),
  timeWaitMs: (endpoint) => stayMs(endpoint, "TIME_WAIT"),
  closeWaitMs: (endpoint) => stayMs(endpoint, "CLOSE_WAIT"),
  lastAckMs: (endpoint) => stayMs(endpoint, "LAST_ACK"),
  rttMs: ({ rttMs }) => rttMs,
  bytesSent: ({ bytesSent }) => bytesSent,
  bytesReceived: ({ bytesReceived }) => bytesReceived,
  peer: ({ peer }) => (peer === null ? null : safeName(peer)),
  complete: ({ complete }) => complete,
};

function* rows(report: Report): Generator<string> {
  yield ["recording", ...Object.keys(COLUMNS)].join(",");
  const statement = field(statementOf(report));
  const columns = Object.values(COLUMNS);
  for (const endpoint of report.endpoints) {
    yield [statement, ...columns.map((of) => field(of(endpoint)))].join(",");
  }
}

/** `complete`, or `incomplete` with what the ledger says was missed. */
function statementOf(report: Report): string {
  const { isComplete, details } = completenessOf(report);
  return isComplete ? "complete" : ["incomplete:", ...details].join(" ");
}

/** A gone endpoint is in CLOSE since its last state ended. */
function stateSince({ state, phases }: ReportEndpoint): string | null {
  const last = phases.at(-1);
  return (last?.state === state ? last.from : last?.to) ?? null;
}

function waveAt({ waves }: ReportEndpoint, n: number): string | null {
  return waves.find((wave) => wave.n === n)?.at ?? null;
}

function stayMs({ phases }: ReportEndpoint, state: string): number | null {
  const stays = phases.filter((phase) => phase.state === state);
  return stays.length === 0
    ? null
    : Math.round(stays.reduce((sum, { ms }) => sum + ms, 0) * 1000) / 1000;
}

/**
 * What makes a spreadsheet compute a cell, at its start or after a semicolon: where that is the
 * list separator (most of Europe) a semicolon ends the cell, quoted or not.
 */
const FORMULA = /(^|;)(?=\s*[=+\-@\t\r\0＝＋－＠])/gu;

/** One field; `null` is empty. OWASP ASVS 1.2.10 for the apostrophe, RFC 4180 for the quotes. */
function field(value: Value): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = value.replace(FORMULA, "$1'");
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
