// Draws the lines above and below the panels: what is shown, and how far it can be trusted.
import type { Severity } from "../core/finding.ts";
import type { RecordingHeader } from "../event/recording.ts";
import type { DashboardSource } from "./dashboard-source.ts";
import { formatCount, formatDuration } from "./format.ts";
import type { Painter, Span } from "./painter.ts";
import { subjectText } from "./panels/findings.ts";
import type { Scene } from "./panels/panel.ts";
import { scopeText } from "./panels/scope.ts";
import { inOrder, severityRole, severitySpan } from "./panels/severity.ts";
import { paintStatusLine, type StatusItem } from "./status-line.ts";
import { cutText } from "./text.ts";
import type { Watched } from "./watched.ts";

/** What the program is doing. */
export interface Doing {
  readonly mode: DashboardSource["mode"];
  /** What is being prepared, in words: what closes now may be missed. Null once all is done. */
  readonly starting: string | null;
  readonly speed: number;
  /** Events behind the moment shown, and how far a move has come; null while time goes on. */
  readonly paused: { readonly missed: number; readonly progress: number | null } | null;
  /** Addresses are made up. */
  readonly isMasked: boolean;
  /** What is to be said for a while. */
  readonly notice: { readonly text: string; readonly isTrouble: boolean } | null;
  /** The source has come to its end: in what words. */
  readonly ended: { readonly text: string; readonly isFailure: boolean } | null;
  /** What the lists are narrowed to, as the user typed it. */
  readonly filter: string | null;
  /** The newest line of trouble. */
  readonly problem: string | null;
}

const item = (spans: readonly Span[], optional?: number): StatusItem =>
  optional === undefined ? { spans } : { spans, optional };

function modeItem(
  painter: Painter,
  { mode, starting, speed, paused, ended, isMasked }: Doing,
): StatusItem {
  const { theme } = painter;
  const pace = speed === 1 ? "" : ` ${speed === Number.POSITIVE_INFINITY ? "max" : `${speed}x`}`;
  const spans: Span[] = [];
  if (mode === "demo")
    spans.push({ text: " DEMO ", paint: theme.on("warn", "selection") }, { text: " " });
  if (isMasked) spans.push({ text: "MASKED", paint: "warn" }, { text: " " });
  if (paused !== null) {
    const way = paused.progress === null ? "" : ` ${Math.floor(paused.progress * 100)}%`;
    spans.push({ text: `PAUSED${way}`, paint: "warn" });
  } else if (ended !== null) {
    const paint = ended.isFailure ? "critical" : "muted";
    spans.push({ text: ended.isFailure ? `${theme.sign("critical")} ENDED` : "ENDED", paint });
  } else if (starting !== null) spans.push({ text: starting, paint: "warn" });
  else if (mode === "live") spans.push({ text: `${theme.sign("ok")} LIVE`, paint: "ok" });
  else spans.push({ text: `${theme.glyphs.pointer} REPLAY${pace}`, paint: "accent" });
  return item(spans);
}

/** The whole host in one word: fine, or how many findings there are of the gravest kind. */
function verdictItem({ theme }: Painter, { watched }: Scene): StatusItem {
  const open = watched.findings().filter(({ until }) => until === null);
  const count = (severity: Severity) => open.filter((each) => each.severity === severity).length;
  const [critical, warning] = [count("critical"), count("warning")];
  const [role, text] =
    critical > 0
      ? (["critical", `${formatCount(critical)} CRITICAL`] as const)
      : warning > 0
        ? (["warn", `${formatCount(warning)} ${warning === 1 ? "WARNING" : "WARNINGS"}`] as const)
        : (["ok", "FINE"] as const);
  return item([{ text: ` ${theme.sign(role)} ${text} `, paint: theme.badge(role) }]);
}

/** From this width on the first line has whole words. */
const ROOMY = 76;

/** The first line: program, mode, host, time, what is watched. */
export function paintHeader(painter: Painter, scene: Scene, doing: Doing): void {
  const { header, now } = scene;
  const recorded = doing.mode === "live" || painter.width < ROOMY ? "" : "recorded on ";
  paintStatusLine(painter, {
    left: [
      item([{ text: "lastack", paint: "title" }]),
      modeItem(painter, doing),
      ...(doing.starting !== null ? [] : [verdictItem(painter, scene)]),
      item([
        { text: recorded, paint: "muted" },
        { text: header.hostname, paint: "text" },
      ]),
      item([{ text: `Linux ${header.kernel}`, paint: "muted" }], 1),
      item([{ text: scopeText(header), paint: isFiltered(header) ? "accent" : "muted" }], 4),
      item([{ text: `detail ${header.detail}`, paint: "muted" }], 2),
    ],
    right: [
      item([{ text: `bpftrace ${header.bpftrace}`, paint: "muted" }], 1),
      item(
        [
          { text: scene.clock(now), paint: "text" },
          { text: " UTC", paint: "muted" },
        ],
        3,
      ),
      item([{ text: `+${formatDuration(now / 1e6)}`, paint: "title" }]),
    ],
  });
}

const isFiltered = ({ filters }: RecordingHeader) => Object.keys(filters).length > 0;

/**
 * The ledger in pieces: complete or what is missing, then the counts as far as there is room.
 *
 * Complete is said only where no gap is known either: a tracer that died leaves one.
 */
export function ledgerItems(painter: Painter, watched: Watched): StatusItem[] {
  const { counted, received, lost, skipped, unparsed, evicted, balanced } = watched.ledger();
  const { theme } = painter;
  const missing = Object.entries({ lost, skipped, unparsed, evicted })
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${formatCount(n)} ${name}`);
  const hasGap = watched.findings().some(({ kind }) => kind === "incomplete-trace");
  if (!balanced) missing.push("not balanced");
  else if (missing.length === 0 && hasGap) missing.push("a gap");
  const verdict: Span =
    missing.length === 0
      ? { text: `${theme.sign("ok")} complete`, paint: "ok" }
      : { text: `${theme.sign("warn")} incomplete: ${missing.join(", ")}`, paint: "warn" };
  const figure = (name: string, n: number): Span[] => [
    { text: `${name} `, paint: "muted" },
    { text: formatCount(n), paint: n > 0 ? "text" : "muted" },
  ];
  return [
    item([{ text: balanced ? "balanced" : "NOT BALANCED", paint: balanced ? "muted" : "warn" }], 1),
    item([...figure("lost", lost), { text: "  " }, ...figure("skipped", skipped)], 2),
    item([...figure("counted", counted), { text: "  " }, ...figure("received", received)], 4),
    item([verdict]),
  ];
}

/** What has come while a live view stands still; what a recording has behind it has not come since. */
function sincePause({ mode, paused }: Doing): StatusItem[] {
  if (paused === null || mode !== "live") return [];
  const { missed } = paused;
  const events = missed === 1 ? "event" : "events";
  return [item([{ text: `PAUSED +${formatCount(missed)} ${events}`, paint: "warn" }])];
}

/** What a long line of trouble leaves of the status line for the ledger. */
const LEDGER_WIDTH = 28;

/** The last line: the keys of this moment or the trouble of it on the left, the ledger on the right. */
export function paintStatus(
  painter: Painter,
  scene: Scene,
  doing: Doing,
  hints: readonly StatusItem[],
): void {
  const { notice, ended, problem } = doing;
  const trouble = notice?.text ?? ended?.text ?? problem;
  const isCalm = notice !== null ? !notice.isTrouble : ended !== null && !ended.isFailure;
  const sign = isCalm ? "" : `${painter.theme.sign("warn")} `;
  const isFailure = notice === null && ended?.isFailure === true;
  const paint = isFailure ? "critical" : isCalm ? "accent" : "warn";
  const right = ledgerItems(painter, scene.watched);
  const room = Math.max(12, painter.width - LEDGER_WIDTH);
  const filter = doing.filter === null ? [] : [item([{ text: doing.filter, paint: "accent" }])];
  const left: StatusItem[] =
    trouble === null
      ? [...hints]
      : [item([{ text: cutText(sign + trouble, room, painter.unicode), paint }]), ...hints];
  paintStatusLine(painter, { left: [...sincePause(doing), ...filter, ...left], right });
}

/** One line for screens without room for the findings: the gravest, and how many more there are. */
export function paintStrip(painter: Painter, { watched, now }: Scene): void {
  const { theme } = painter;
  const all = watched.findings();
  const open = inOrder(all.filter(({ until }) => until === null));
  const [first] = open;
  if (first === undefined) {
    const over = all.length === 0 ? "" : `, ${formatCount(all.length)} over`;
    painter.spans(1, 0, [
      { text: `${theme.sign("ok")} no open finding`, paint: "ok" },
      { text: over, paint: "muted" },
    ]);
    return;
  }
  const more = open.length === 1 ? "" : `  +${open.length - 1} more`;
  const from = painter.textRight(painter.width - 1, 0, more, "accent");
  painter.spans(
    1,
    0,
    [
      severitySpan(theme, first.severity),
      { text: ` ${first.kind} `, paint: severityRole(first.severity) },
      { text: `${subjectText(first)} `, paint: "title" },
      { text: `count ${formatCount(first.count)} `, paint: "text" },
      { text: `for ${formatDuration((now - first.since) / 1e6)}`, paint: "muted" },
    ],
    from - 2,
  );
}
