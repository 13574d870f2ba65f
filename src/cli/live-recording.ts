/** `lastack live --record`: what the dashboard sees is kept in a file besides. */

import type { Command } from "commander";
import type { RecordingFooter } from "../event/recording.ts";
import type { LiveSession } from "../session/live-session.ts";
import { OperatorError } from "../session/operator-error.ts";
import { recordParts } from "../session/record-parts.ts";
import { type LiveRecording, recordTo } from "../session/record-to.ts";
import { complain } from "./output.ts";
import { BOUNDING_OPTIONS, type KeepingOptions, partsOf } from "./record-options.ts";

/** As the command line gives them. */
export type LiveRecordingOptions = Partial<Pick<KeepingOptions, "keep" | "maxSize">> & {
  readonly record?: string;
};

export function addLiveRecordingOptions(command: Command): Command {
  command.option("--record <file>", "keep all of it in a recording besides, as record does");
  for (const option of BOUNDING_OPTIONS) command.addOption(option);
  return command;
}

/** What is kept, if anything is. */
export interface Kept {
  /** Write the last of it, and say on stderr what there is. */
  close(footer: RecordingFooter): Promise<void>;
}

/**
 * Begin to record what was asked to be kept. Before the first event is delivered.
 *
 * @throws OperatorError 1 when it cannot be created, 2 for bounds of nothing; the session has ended then
 */
export async function recordLive(
  session: LiveSession,
  options: LiveRecordingOptions,
  onProblem: (line: string) => void,
): Promise<Kept> {
  const { record } = options;
  const parts = partsOf(options);
  try {
    if (record === undefined && parts !== null) {
      throw new OperatorError(2, "--keep and --max-size bound what --record writes: name its file");
    }
    if (record === undefined) return { close: async () => {} };
    return keptIn(
      record,
      parts === null
        ? await recordTo(session, record, { force: false, onProblem })
        : await recordParts(session, record, { ...parts, onProblem }),
    );
  } catch (error) {
    await session.stop();
    throw error;
  }
}

function keptIn(record: string, recording: LiveRecording): Kept {
  return {
    async close(footer) {
      const { written, dropped, isComplete } = await recording.close(footer);
      const isWhole = dropped === 0 && isComplete;
      const lack = isWhole ? "" : `; not whole, ${dropped} could not be written`;
      complain(`kept: ${record}, ${written} events${lack}`);
    },
  };
}
