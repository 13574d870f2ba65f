/** Writes the comparison as Markdown: all of it into a file, the telling rows into the README. */
import type { Row } from "./row.ts";

/** Scenarios for the README: each kind of end once. */
const TELLING: readonly string[] = [
  "close-v4",
  "fin-ack-in-one",
  "simultaneous-v4",
  "shutdown-then-close",
  "fin-timeout-2",
  "time-wait-overflow",
  "reset-in-fin-wait2-mini",
  "data-after-close-mini",
  "close-with-unread-data",
  "reset-in-close-wait",
  "keepalive-timeout",
  "linger-expires",
  "closed-by-forked-child",
  "ss-kill",
  "syn-timeout",
];

/** One sentence with the counts over all rows. */
export function countsOf(rows: readonly Row[]): string {
  const count = (isRight: (row: Row) => boolean | undefined) => rows.filter(isRight).length;
  const owned = rows.filter(({ isOwnerRight }) => isOwnerRight !== null);
  const owner = (tool: "tcpstates" | "tcplife" | "lastack") =>
    owned.filter(({ isOwnerRight }) => isOwnerRight?.[tool]).length;
  return [
    `Of ${rows.length} ends of connections, the states after ESTABLISHED were right in ${count((row) => row.isStatesRight.tcpstates)} by tcpstates and ${count((row) => row.isStatesRight.lastack)} by lastack;`,
    `how it ended was right in ${count((row) => row.isVerdictRight)} by lastack, and neither of the others tells it;`,
    `of ${owned.length} with one owner the process was right in ${owner("tcpstates")} by tcpstates, ${owner("tcplife")} by tcplife and ${owner("lastack")} by lastack.`,
  ].join(" ");
}

/** The rows that the README shows: of each telling scenario the end that closed, or connected. */
export function tellingRows(rows: readonly Row[]): Row[] {
  return TELLING.flatMap((name) => rows.find(({ scenario }) => scenario === name) ?? []);
}

/** A table, one row an end. */
export function tableOf(rows: readonly Row[]): string {
  return [
    "| scenario, end | the truth | tcpstates | tcplife | lastack |",
    "|---|---|---|---|---|",
    ...rows.map(({ scenario, end, truth, tcpstates, tcplife, lastack, isStatesRight }) => {
      const first = `${scenario}, ${end}`;
      const wrong = isStatesRight.tcpstates ? tcpstates : `✗ ${tcpstates}`;
      const ours = lastack === truth ? "the same" : `✗ ${lastack}`;
      return `| ${[first, truth, wrong, tcplife, ours].map(cell).join(" | ")} |`;
    }),
  ].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** Put a text between two marks of a document, in place of what stands there. */
export function replaceBetween(document: string, mark: string, text: string): string {
  const [begin, end] = [`<!-- ${mark}: begin -->`, `<!-- ${mark}: end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no ${begin} … ${end}`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}
