/** Creates a recording: the safe file, its header, and the writer behind it. */

import type { RecordingHeader } from "../event/recording.ts";
import { encodeFrame } from "../event/recording-codec.ts";
import { type AppendTarget, fileTarget, stdoutTarget } from "./append-target.ts";
import { withChecksum } from "./checksum.ts";
import { CreateError, type CreateOptions, createFile } from "./create-file.ts";
import { GZIP, PLAIN } from "./packing.ts";
import { codeOf } from "./recording-error.ts";
import { labelOf } from "./recording-source.ts";
import { RecordingWriter } from "./recording-writer.ts";
import { removeFile } from "./remove-file.ts";
import { WholeAppender } from "./whole-appender.ts";
import type { WriterOptions } from "./writer-options.ts";

/** How a recording is created and written. */
export type RecordingOptions = CreateOptions & Omit<WriterOptions, "label" | "packing">;

/** A gzip member costs 18 bytes and a fresh dictionary, so it waits for more lines. */
const GZIP_BATCH_MS = 1000;

/**
 * Create a recording and write its header.
 *
 * @param path A file that is not there yet; gzipped when it ends in `.gz`; `-` for stdout.
 * @throws CreateError
 */
export async function createRecording(
  path: string,
  header: RecordingHeader,
  options: RecordingOptions = {},
): Promise<RecordingWriter> {
  const isStream = path === "-";
  const target = isStream ? stdoutTarget() : fileTarget(createFile(path, options));
  const isPacked = path.endsWith(".gz");
  const writing: WriterOptions = {
    ...(isPacked ? { batchMs: GZIP_BATCH_MS } : {}),
    ...options,
    label: isStream ? "stdout" : labelOf(path),
    packing: isPacked ? GZIP : PLAIN,
  };
  const first = options.redactor?.header(header) ?? header;
  return startWriter(target, first, writing).catch((error: unknown) => {
    // A file without a header would be no recording; it is ours, for we have just created it.
    if (!isStream) removeFile(path);
    throw error;
  });
}

/**
 * Write the header onto a target and continue behind it.
 *
 * @throws CreateError
 */
export async function startWriter(
  target: AppendTarget,
  header: RecordingHeader,
  options: WriterOptions,
): Promise<RecordingWriter> {
  const appender = new WholeAppender(target);
  try {
    const packing = options.packing ?? PLAIN;
    await appender.append(await packing.pack(withChecksum(`${encodeFrame(header)}\n`)));
  } catch (error) {
    await target.close();
    throw new CreateError(
      "failed",
      `cannot write ${options.label}: the system says ${codeOf(error)}; choose another place`,
      { cause: error },
    );
  }
  return new RecordingWriter(target, appender, options);
}
