/** All formats, in the order in which help lists them. A new format is one file and one line here. */

import { csv } from "./csv.ts";
import type { ExportFormat } from "./format.ts";
import { html } from "./html.ts";
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import { mermaid } from "./mermaid.ts";
import { perfetto } from "./perfetto.ts";
import { text } from "./text.ts";

export type { ExportFormat } from "./format.ts";
export { buildReport, type RecordingFrame, type Report } from "./report.ts";

/** Every format that a report can be written in. */
export const FORMATS: readonly ExportFormat[] = [
  text,
  json,
  markdown,
  html,
  mermaid,
  perfetto,
  csv,
];

/** The format of a name, or undefined where there is none. */
export function formatNamed(name: string): ExportFormat | undefined {
  return FORMATS.find((format) => format.name === name);
}
