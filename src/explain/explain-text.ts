/** Lays a topic out as plain lines of text, with the values of this host. */

import { sysctlEffect } from "./sysctl-effect.ts";
import { shortSysctlName, shownSysctlValue, sysctlValue } from "./sysctl-value.ts";
import type { SysctlValues, Topic } from "./topic.ts";
import { topicKinds } from "./topic.ts";
import { topics } from "./topics/index.ts";

const narrowest = 32;

/** Spaces to break at: not the one between a number and its unit. */
const breaks = / (?!(?:s|ms|min|h|KiB|MiB|%|bytes)(?![a-z0-9]))|(?<!\d) /;

/** Break text into lines of at most `width`; all but the first begin with `hang`. */
function wrap(text: string, width: number, first = "", hang = first): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (let word of text.split(breaks)) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = hang;
      isEmpty = true;
    }
    while (isEmpty && line.length + word.length > width) {
      const room = width - line.length;
      lines.push(line + word.slice(0, room));
      word = word.slice(room);
      line = hang;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

function paragraphs(texts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let wasItem = false;
  for (const text of texts) {
    const isItem = text.startsWith("- ");
    if (lines.length > 0 && !(isItem && wasItem)) lines.push("");
    lines.push(...(isItem ? wrap(text.slice(2), width, "- ", "  ") : wrap(text, width)));
    wasItem = isItem;
  }
  return lines;
}

function folkloreLines(topic: Topic, width: number): readonly string[] {
  if (topic.folklore === undefined) return [];
  return [
    "",
    "Often read, and wrong",
    ...topic.folklore.flatMap(({ claim, truth }) => [
      ...wrap(`"${claim}"`, width, "  "),
      ...wrap(truth, width, "    "),
    ]),
  ];
}

function hostLines(topic: Topic, sysctls: SysctlValues, width: number): readonly string[] {
  if (topic.sysctls === undefined) return [];
  if (Object.keys(sysctls).length === 0) {
    return ["", ...wrap(`Governed by: ${topic.sysctls.map(shortSysctlName).join(", ")}`, width)];
  }
  return [
    "",
    "On this host",
    ...topic.sysctls.flatMap((name) => {
      const value = sysctlValue(sysctls, name);
      const shown = value === undefined ? name : `${name} = ${shownSysctlValue(value)}`;
      return [
        ...wrap(shown, width, "  ", "      "),
        ...wrap(sysctlEffect(name, value, sysctls), width, "    "),
      ];
    }),
  ];
}

/**
 * Explain one topic as lines of at most `width` columns.
 *
 * Plain ASCII without colours, so it can go to a pipe, a panel or a file. `sysctls` are the host's
 * or a recording's; with none, the sysctls are only named. Widths under 32 are taken as 32.
 */
export function explainText(topic: Topic, sysctls: SysctlValues, width = 80): readonly string[] {
  const columns = Math.max(narrowest, Math.trunc(width));
  return [
    ...wrap(topic.title, columns),
    ...wrap(topic.oneLine, columns),
    "",
    ...paragraphs(topic.text, columns),
    ...folkloreLines(topic, columns),
    ...hostLines(topic, sysctls, columns),
    ...(topic.see === undefined
      ? []
      : ["", ...wrap(`See also: ${topic.see.join(", ")}`, columns, "", "  ")]),
    ...(topic.source === undefined
      ? []
      : ["", ...wrap(`Source: ${topic.source}`, columns, "", "  ")]),
  ];
}

const kindHeadings = {
  state: "States",
  wave: "Waves",
  role: "Roles: who closed first",
  trigger: "Triggers: how this side was closed",
  verdict: "Verdicts: how it ended",
  finding: "Findings",
  sysctl: "Sysctls",
  counter: "Counters (nstat -az, /proc/net/sockstat)",
  word: "Words",
} as const;

/** List all topics by kind, each with its sentence, as lines of at most `width` columns. */
export function explainIndex(width = 80): readonly string[] {
  const columns = Math.max(narrowest, Math.trunc(width));
  const indent = columns < 60 ? 6 : 2 + Math.max(...topics.map(({ name }) => name.length)) + 2;
  return topicKinds.flatMap((kind, position) => [
    ...(position === 0 ? [] : [""]),
    ...wrap(kindHeadings[kind], columns),
    ...topics
      .filter((topic) => topic.kind === kind)
      .flatMap(({ name, oneLine }) => {
        const hang = " ".repeat(indent);
        if (2 + name.length + 2 > indent) return [`  ${name}`, ...wrap(oneLine, columns, hang)];
        return wrap(oneLine, columns, `  ${name}`.padEnd(indent), hang);
      }),
  ]);
}
