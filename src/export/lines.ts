/** One line of NDJSON for one endpoint or one finding: what `lastack stream` prints. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Finding } from "../core/finding.ts";
import type { TraceView } from "../core/trace.ts";
import type { RecordingHeader } from "../event/recording.ts";
import { clockOf } from "./clock.ts";
import { adviseOn } from "./finding-advice.ts";
import { jsonText } from "./json-text.ts";
import { type Adviser, reportFinding } from "./report.ts";
import { reportEndpoint } from "./report-endpoint.ts";

/** `{"type":"teardown", …}`: an endpoint in the form of the report. */
export function endpointLine(endpoint: Endpoint, view: TraceView, header: RecordingHeader): string {
  const clock = clockOf(header.startedAt);
  const body = reportEndpoint(endpoint, view, clock, view.now);
  return `${jsonText({ type: "teardown", ...body })}\n`;
}

/** `{"type":"finding", …}`: a finding in the form of the report; once when it begins, once when it ends. */
export function findingLine(
  finding: Finding,
  view: TraceView,
  header: RecordingHeader,
  adviser: Adviser = adviseOn,
): string {
  const body = reportFinding(finding, view, clockOf(header.startedAt), adviser);
  return `${jsonText({ type: "finding", ...body })}\n`;
}
