/** `--format json`: the report as the contract promises it, described by `report.schema.json`. */

import type { ExportFormat } from "./format.ts";
import { jsonText } from "./json-text.ts";
import { commaSeparated, inPieces } from "./pieces.ts";
import type { Report } from "./report.ts";

/** The whole report for programs; an endpoint and a finding stand in a line each. */
export const json: ExportFormat = {
  name: "json",
  extension: "json",
  about: "the whole report for programs; report.schema.json describes it",
  render: (report) => inPieces(document(report)),
};

function* document({ schema, recording, summary, endpoints, findings }: Report): Generator<string> {
  yield `{\n"schema": ${schema},\n"recording": ${jsonText(recording)},\n`;
  yield `"summary": ${jsonText(summary)},\n"endpoints": [`;
  yield* commaSeparated(textsOf(endpoints));
  yield `],\n"findings": [`;
  yield* commaSeparated(textsOf(findings));
  yield "]\n}\n";
}

function* textsOf(values: Iterable<unknown>): Generator<string> {
  for (const value of values) yield jsonText(value);
}
