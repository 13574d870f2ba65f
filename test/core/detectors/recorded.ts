/** The recordings that a detector brings: which fire it, which must stay quiet, and what they give. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Finding, FindingKind } from "../../../src/core/finding.ts";
import { Trace } from "../../../src/core/fold.ts";
import type { TraceOptions } from "../../../src/core/trace.ts";
import type { RecordingHeader } from "../../../src/event/recording.ts";
import type { TraceEvent } from "../../../src/event/trace-event.ts";
import { readRecording } from "../../../src/store/recording-reader.ts";
import type { ReadEnd } from "../../../src/store/recording-scanner.ts";

const ROOT = fileURLToPath(new URL("../../recordings/detectors/", import.meta.url));

/** A recording of a detector, read and folded. */
export interface Recorded {
  readonly header: RecordingHeader;
  readonly events: readonly TraceEvent[];
  readonly end: ReadEnd;
  readonly trace: Trace;
}

/** Every recording as `kind/name`. */
export function recordings(): string[] {
  return readdirSync(ROOT).flatMap((kind) =>
    readdirSync(`${ROOT}${kind}`).map((file) => `${kind}/${file.replace(/\.ndjson$/, "")}`),
  );
}

/** Read `kind/name` as the program itself reads a recording, and fold it to its end. */
export async function recorded(
  name: string,
  thresholds: TraceOptions["thresholds"] = {},
): Promise<Recorded> {
  const recording = await readRecording(`${ROOT}${name}.ndjson`);
  const { header } = recording;
  const events: TraceEvent[] = [];
  for await (const batch of recording.events) events.push(...batch);
  const trace = new Trace({
    sysctls: header.sysctls,
    seesMiniEnd: header.probes.includes("time_wait_end"),
    thresholds,
  });
  for (const event of events) trace.step(event);
  const end = recording.end();
  trace.advance(end.lastNs);
  trace.finish();
  return { header, events, end, trace };
}

/** The findings of one kind in a folded recording. */
export async function findingsIn(
  name: string,
  thresholds: TraceOptions["thresholds"] = {},
): Promise<readonly Finding[]> {
  const kind = name.slice(0, name.indexOf("/")) as FindingKind;
  const { trace } = await recorded(name, thresholds);
  return trace.findings().filter((finding) => finding.kind === kind);
}

/** The one finding that a recording gives. */
export async function findingIn(
  name: string,
  thresholds: TraceOptions["thresholds"] = {},
): Promise<Finding> {
  const [finding, ...others] = await findingsIn(name, thresholds);
  if (finding === undefined || others.length > 0) throw new Error(`${name}: not one finding`);
  return finding;
}
