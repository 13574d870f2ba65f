/** A running `lastack record`, and what can be read of its file meanwhile and afterwards. */
import { readFile } from "node:fs/promises";
import type { RecordingFooter } from "../../src/event/recording.ts";
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

  async untilWritten(isThere: (text: string) => boolean): Promise<void> {
    while (!isThere(await readFile(this.path, "utf8"))) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Resolves when all that has been sent until now is in the file, by the heartbeats after it. */
  async twoBeats(): Promise<void> {
    const count = (text: string) => text.split('"type":"heartbeat"').length;
    const before = count(await readFile(this.path, "utf8"));
    await this.untilWritten((text) => count(text) >= before + 2);
  }

  /** End it as a person would. */
  end(): Promise<Ended> {
    this.program.kill("SIGINT");
    return this.program.ended;
  }

  async events(): Promise<TraceEvent[]> {
    return (await this.#lines()).slice(1, -1).map((line) => JSON.parse(line));
  }

  async footer(): Promise<RecordingFooter> {
    return JSON.parse((await this.#lines()).at(-1) ?? "");
  }

  async report(): Promise<Report & { readonly endpoints: readonly ReportEndpoint[] }> {
    return JSON.parse((await lastack("report", this.path, "--format", "json")).stdout);
  }

  async #lines(): Promise<string[]> {
    return (await readFile(this.path, "utf8")).trimEnd().split("\n");
  }
}
