/** A running `lastack record`, and what can be read of its file meanwhile and afterwards. */
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import type { RecordingFooter, RecordingHeader } from "../../src/event/recording.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import type { Report } from "../../src/export/report.ts";
import type { ReportEndpoint } from "../../src/export/report-endpoint.ts";
import { type Ended, lastack, Program } from "./program.ts";

const LOOK_MS = 100;

/** How it is started: options of `record`, variables, and a command before it. */
export interface RecorderStart {
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly through?: readonly string[];
}

export class Recorder {
  readonly program: Program;
  readonly path: string;

  private constructor(path: string, { options = [], env = {}, through = [] }: RecorderStart) {
    this.path = path;
    this.program = new Program(["record", "-o", path, ...options], env, through);
  }

  /** Resolves when it traces. */
  static async start(path: string, how: RecorderStart = {}): Promise<Recorder> {
    const recorder = new Recorder(path, how);
    await recorder.program.until("stderr", /^tracing/m);
    return recorder;
  }

  /** @param from how much of the file to pass over, bytes */
  async untilWritten(isThere: (text: string) => boolean, from = 0): Promise<void> {
    const file = await open(this.path);
    try {
      while (!isThere(await textFrom(file, from))) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    } finally {
      await file.close();
    }
  }

  /** What has been written from there on. */
  async text(from: number): Promise<string> {
    return (await readFile(this.path)).toString("utf8", from);
  }

  /** How much has been written, bytes. */
  async size(): Promise<number> {
    return (await stat(this.path)).size;
  }

  /** Resolves when all that has been sent until now is in the file, by the heartbeats after it. */
  async twoBeats(): Promise<void> {
    const beats = (text: string) => text.split('"type":"heartbeat"').length - 1;
    await this.untilWritten((text) => beats(text) >= 2, await this.size());
  }

  /** End it as a person would. */
  end(): Promise<Ended> {
    this.program.kill("SIGINT");
    return this.program.ended;
  }

  async events(): Promise<TraceEvent[]> {
    return (await this.#lines()).slice(1, -1).map((line) => JSON.parse(line));
  }

  async header(): Promise<RecordingHeader> {
    return JSON.parse((await this.#lines())[0] ?? "");
  }

  async footer(): Promise<RecordingFooter> {
    return JSON.parse((await this.#lines()).at(-1) ?? "");
  }

  async report(
    ...options: string[]
  ): Promise<Report & { readonly endpoints: readonly ReportEndpoint[] }> {
    return JSON.parse((await lastack("report", this.path, "--format", "json", ...options)).stdout);
  }

  async #lines(): Promise<string[]> {
    return (await readFile(this.path, "utf8")).trimEnd().split("\n");
  }
}

async function textFrom(file: FileHandle, from: number): Promise<string> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.max(0, size - from));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
  return bytes.toString("utf8", 0, bytesRead);
}
