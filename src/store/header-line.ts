/** What line 1 of a recording says, or why it is none that this program can use. */

import { RECORDING_SCHEMA, type RecordingHeader } from "../event/recording.ts";
import { decodeRecord } from "../event/recording-codec.ts";
import { BROKEN } from "./ndjson-lines.ts";
import { notARecording, RecordingError } from "./recording-error.ts";

/** The header that a parsed line 1 is. @throws RecordingError when it is none, or of a newer schema */
export function headerOf(value: unknown, label: string): RecordingHeader {
  if (value === BROKEN) throw notARecording(label, "line 1 is no JSON");
  const record = decodeRecord(value);
  if (record.kind === "header") return record.header;
  if (record.kind === "newer") {
    const writer = /^[\w.+-]{1,32}$/.test(record.version) ? ` by lastack ${record.version}` : "";
    throw new RecordingError(
      "newer-schema",
      `${label} was written${writer} in schema ${record.schema}, this program reads ` +
        `${RECORDING_SCHEMA}; update lastack`,
    );
  }
  const why = record.kind === "malformed" ? `: ${record.why}` : "";
  throw notARecording(label, `line 1 is no header of lastack${why}`);
}
