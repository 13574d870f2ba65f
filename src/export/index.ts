/** All formats, in the order in which help lists them. A new format is one file and one line here. */

import type { ExportFormat } from "./format.ts";
import { json } from "./json.ts";
import { text } from "./text.ts";

export type { ExportFormat } from "./format.ts";
export { buildReport, type RecordingFrame, type Report } from "./report.ts";

/** Every format that a report can be written in. */
export const FORMATS: readonly ExportFormat[] = [text, json];

/** The format of a name, or undefined where there is none. */
export function formatNamed(name: string): ExportFormat | undefined {
  return FORMATS.find((format) => format.name === name);
}
