// Tells one teardown: what happened in a sentence, its ladder, its phases, who held it.
import type { Endpoint } from "../../core/endpoint.ts";
import type { Advice, Finding } from "../../core/finding.ts";
import { type Ladder, ladderOf } from "../../core/ladder.ts";
import type { ProcessEvent } from "../../event/trace-event.ts";
import { formatBytes, formatDuration } from "../format.ts";
import type { Painter, Span } from "../painter.ts";
import type { Theme } from "../theme.ts";
import type { Watched } from "../watched.ts";
import { localText, remoteText, stateSpan, verdictSpan } from "./endpoint-cells.ts";
import { ladderLegend, ladderLines } from "./ladder-lines.ts";
import type { Opening, Panel } from "./panel.ts";
import { phaseLines } from "./phase-lines.ts";
import { type Line, wrapLine } from "./wrap.ts";

/** Everything that is known of one teardown. */
export interface TimelineData {
  readonly endpoint: Endpoint;
  readonly ladder: Ladder;
  readonly sentence: string;
  readonly process: ProcessEvent | undefined;
  /** What to do about the findings that speak of it. */
  readonly advice: readonly Advice[];
  readonly now: number;
}

/** The teardown of one connection, with both ends where the other one is on this host. */
export function timelinePanel(
  opening: Extract<Opening, { kind: "teardown" }>,
): Panel<TimelineData> {
  return {
    name: `teardown ${opening.id}`,
    title: `Teardown ${opening.id}`,
    view({ watched, teller, now }) {
      const endpoint = watched.endpoint(opening.id) ?? opening.endpoint;
      return {
        endpoint,
        ladder: ladderOf(endpoint, now),
        sentence: teller.sentence(endpoint, now),
        process:
          endpoint.owner === null
            ? undefined
            : watched.process(endpoint.owner.pid, endpoint.ownedAt),
        advice: findingsOn(watched, opening.id).flatMap((finding) => teller.advice(finding)),
        now,
      };
    },
    keys: () => [],
    draw(inside, data, look) {
      const lines = timelineLines(inside, data);
      const first = look.scroll(lines.length, inside.height);
      lines.slice(first, first + inside.height).forEach((line, y) => {
        inside.spans(1, y, line, inside.width - 2);
      });
    },
  };
}

/** Of so many findings it is looked up whether they speak of the endpoint. */
const MOST_FINDINGS = 200;

/** The open findings that speak of an endpoint, of each kind one. */
function findingsOn(watched: Watched, id: string): Finding[] {
  const byKind = new Map<string, Finding>();
  for (const finding of watched.findings().slice(-MOST_FINDINGS)) {
    if (finding.until !== null || byKind.has(finding.kind)) continue;
    if (finding.endpoints.includes(id)) byKind.set(finding.kind, finding);
  }
  return [...byKind.values()];
}

/** Each piece of advice once, however many findings give it. */
function adviceLines(advice: readonly Advice[]): Line[] {
  const texts = new Map(advice.map((each) => [each.text, each]));
  return [...texts.values()].map(({ text, sysctl, current }) => [
    { text: "> ", paint: "accent" },
    { text },
    {
      text: sysctl === undefined ? "" : ` ${sysctl} = ${current ?? "unknown"}`,
      paint: "accent",
    },
  ]);
}

function timelineLines(painter: Painter, data: TimelineData): Line[] {
  const { endpoint, ladder, now } = data;
  const { theme, unicode } = painter;
  const width = painter.width - 2;
  const wrap = (line: Line, indent?: number) => wrapLine(line, width, unicode, indent);
  const blank: Line = [];
  const phases = phaseLines(endpoint, now, width, theme);
  const advice = adviceLines(data.advice).flatMap((line) => wrap(line));
  return [
    ...wrap(headLine(theme, endpoint)),
    ...wrap([{ text: data.sentence }], 0),
    blank,
    ...factLines(data).flatMap((line) => wrap(line, 10)),
    blank,
    ...ladderLines(ladder, width, theme),
    blank,
    ladderLegend(theme),
    blank,
    ...(advice.length > 0 ? [...advice, blank] : []),
    ...phases,
  ];
}

function headLine(theme: Theme, endpoint: Endpoint): Line {
  const isOpen = endpoint.endedAt === null && endpoint.verdict !== null;
  return [
    verdictSpan(theme, endpoint),
    ...(isOpen ? [{ text: "  " }, stateSpan(theme, endpoint)] : []),
    { text: `   ${localText(endpoint)}`, paint: "title" },
    { text: "  to  ", paint: "muted" },
    { text: remoteText(endpoint), paint: "title" },
  ];
}

const fact = (name: string, text: string, paint?: Span["paint"]): Line => [
  { text: name.padEnd(10), paint: "muted" },
  paint === undefined ? { text } : { text, paint },
];

function factLines({ endpoint, process }: TimelineData): Line[] {
  const { tuple, role, trigger, rttMs, bytesSent, bytesReceived, note, isComplete } = endpoint;
  const lines = [fact("owner", ownerText(endpoint))];
  if (process?.cmdline) lines.push(fact("command", process.cmdline));
  if (process?.unit) lines.push(fact("unit", process.unit));
  if (process?.container) lines.push(fact("container", process.container));
  const figures = [
    `role ${role}`,
    `trigger ${trigger ?? "none"}`,
    rttMs === null ? null : `rtt ${formatDuration(rttMs)}`,
    bytesSent === null ? null : `sent ${formatBytes(bytesSent)}`,
    bytesReceived === null ? null : `received ${formatBytes(bytesReceived)}`,
    `namespace ${tuple.netns}`,
  ];
  if (endpoint.resends.length > 0) lines.push(fact("again", resendText(endpoint)));
  lines.push(fact("figures", figures.filter((each) => each !== null).join(", ")));
  if (endpoint.unread !== null) lines.push(fact("unread", unreadText(endpoint)));
  if (note !== null) lines.push(fact("note", note, "warn"));
  if (!isComplete) {
    lines.push(
      fact("trust", "incomplete: events of this connection are known to be missing", "warn"),
    );
  }
  return lines;
}

function ownerText({ owner, holders, orphan, unread }: Endpoint): string {
  if (owner === null) {
    if (unread === "not-accepted") return "none yet: it waits in the accept queue";
    return orphan ? "none: an orphan, no process holds it" : "not known";
  }
  const how = `${owner.confidence === "certain" ? "" : "probably, "}by ${owner.source}`;
  const others = holders.filter(({ pid }) => pid !== owner.pid);
  const also = others.map(({ comm, pid }) => `${comm}(${pid})`).join(", ");
  return `${owner.comm}, pid ${owner.pid} (${how})${also === "" ? "" : `; held by ${also} too`}`;
}

/** Most re-sends that are listed one by one. */
const MOST_RESENDS = 12;

/** When each re-send was, from the first FIN, and what made the kernel send it. */
function resendText({ resends, teardownAt, bornAt }: Endpoint): string {
  const start = teardownAt ?? bornAt;
  const texts = resends.slice(0, MOST_RESENDS).map(({ at, kind, cause, rtoMs }) => {
    const why = cause === "RTO" && rtoMs !== null ? `RTO ${formatDuration(rtoMs)}` : cause;
    return `${at < start ? "" : "+"}${formatDuration((at - start) / 1e6)} ${kind} ${why}`;
  });
  const more = resends.length - texts.length;
  return texts.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function unreadText({ unread, unreadBytes, eofRead }: Endpoint): string {
  const bytes = unreadBytes ? `, ${formatBytes(unreadBytes)}` : "";
  return `${unread}${bytes}${eofRead ? "; the application has read the end of the stream" : ""}`;
}
