/** Carries one started process through its life: readiness, messages, stop and end. */

import { setTimeout as wait } from "node:timers/promises";
import { BpftraceError } from "./bpftrace-error.ts";
import { diagnose, diagnoseSilence, type Progress } from "./diagnose.ts";
import type { LaunchedProcess } from "./launch.ts";
import type { BpftraceMessage } from "./message.ts";
import { type BpftraceStats, MessageDecoder } from "./message-decoder.ts";
import { MessageQueue, type MessagesListener } from "./message-queue.ts";
import type { RunSettings } from "./options.ts";
import { PipeLull } from "./pipe-lull.ts";
import type { BpftraceEnd, BpftraceRun } from "./run.ts";
import { StderrTail } from "./stderr-tail.ts";
import { climbStopLadder, type StopSignal } from "./stop-ladder.ts";

/** How long the pipes may stay open after bpftrace has gone, held by something it started. */
const pipeGraceMs = 1000;

/** Room beyond the limit for what bpftrace prints while it stops, when nobody may be taking. */
const endReserveBytes = 64 * 1024 * 1024;

/** The only implementation of {@link BpftraceRun}; `startBpftrace` makes it. */
export class LiveRun implements BpftraceRun {
  readonly pid: number;
  readonly diesWithParent: boolean;
  readonly ended: Promise<BpftraceEnd>;
  ready = "";
  readonly #child: LaunchedProcess["child"];
  readonly #settings: RunSettings;
  readonly #decoder: MessageDecoder;
  readonly #queue: MessageQueue;
  readonly #stderr: StderrTail;
  readonly #lull = new PipeLull();
  readonly #exited: Promise<void>;
  #settle: (end: BpftraceEnd) => void = () => {};
  #announceReady: () => void = () => {};
  #progress: Progress = "started";
  #hasExited = false;
  #hasConsumer = false;
  #stopping: Promise<BpftraceEnd> | undefined;
  #stopSignal: StopSignal | null = null;

  constructor({ child, pid, diesWithParent }: LaunchedProcess, settings: RunSettings) {
    this.pid = pid;
    this.diesWithParent = diesWithParent;
    this.#child = child;
    this.#settings = settings;
    this.#decoder = new MessageDecoder(settings.maxLineBytes);
    this.#queue = new MessageQueue(this.#decoder, settings.maxQueuedBytes);
    this.#queue.onDrained = () => child.stdout.resume();
    this.#stderr = new StderrTail(settings.onStderrLine);
    this.#exited = new Promise((resolve) => {
      child.once("exit", () => {
        this.#noteExit();
        resolve();
      });
    });
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#connect();
  }

  get stats(): BpftraceStats {
    return this.#decoder.stats;
  }

  /** Resolve when the ready line has come; reject with BpftraceError, bpftrace being gone then. */
  async untilReady(): Promise<void> {
    const { readyTimeoutMs, signal } = this.#settings;
    const timer = new AbortController();
    const outcome = await Promise.race([
      new Promise<"ready">((resolve) => {
        this.#announceReady = () => resolve("ready");
      }),
      this.ended,
      wait(readyTimeoutMs, "late" as const, { signal: timer.signal }).catch(() => "late" as const),
    ]);
    timer.abort();
    if (outcome === "ready") return;
    if (outcome === "late") {
      const progress = this.#progress;
      const { stderrTail } = await this.stop();
      throw diagnoseSilence(progress, readyTimeoutMs, stderrTail);
    }
    throw outcome.error ?? abortedStart(outcome, signal?.reason);
  }

  onMessages(listener: MessagesListener): void {
    this.#claim();
    this.#queue.listen(listener);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly BpftraceMessage[], void, undefined> {
    this.#claim();
    try {
      for (
        let batch = await this.#queue.next();
        batch !== undefined;
        batch = await this.#queue.next()
      ) {
        yield batch;
      }
      const { error } = await this.ended;
      if (error !== undefined) throw error;
    } finally {
      await this.stop();
    }
  }

  stop(ladderMs: readonly [number, number] = this.#settings.stopLadderMs): Promise<BpftraceEnd> {
    this.#stopping ??= this.#hasExited ? this.ended : this.#climb(ladderMs);
    return this.#stopping;
  }

  async #climb(ladderMs: readonly [number, number]): Promise<BpftraceEnd> {
    this.#queue.grant(endReserveBytes);
    const signal = (name: StopSignal) =>
      new Promise<boolean>((resolve) => {
        this.#lull.next(() => {
          const isSent = this.#signal(name);
          if (isSent) this.#stopSignal = name;
          resolve(isSent);
        });
      });
    const target = { signal, exited: this.#exited };
    const { gone } = await climbStopLadder(target, ladderMs);
    if (!gone) this.#giveUp();
    return this.ended;
  }

  #connect(): void {
    const { stdout, stderr } = this.#child;
    stdout.on("data", (chunk: Buffer) => this.#read(chunk)).on("error", () => {});
    stderr.on("data", (chunk: Buffer) => this.#stderr.push(chunk)).on("error", () => {});
    this.#child.once("close", (exitCode, signal) => this.#finish(exitCode, signal));
    const stop = () => void this.stop();
    const kill = () => void this.#signal("SIGKILL");
    const { signal } = this.#settings;
    if (signal?.aborted === true) stop();
    signal?.addEventListener("abort", stop);
    if (!this.diesWithParent) process.once("exit", kill);
    void this.ended.then(() => {
      signal?.removeEventListener("abort", stop);
      process.off("exit", kill);
    });
  }

  #read(chunk: Buffer): void {
    this.#lull.note();
    const { stats } = this.#decoder;
    stats.bytes += chunk.length;
    if (this.#progress === "ready") this.#queue.push(chunk);
    else this.#readStart(chunk);
    const isStartFull = this.#progress !== "ready" && stats.bytes > this.#settings.maxQueuedBytes;
    if ((isStartFull || this.#queue.isFull) && !this.#hasExited) this.#child.stdout.pause();
  }

  #readStart(chunk: Buffer): void {
    const others: BpftraceMessage[] = [];
    for (const message of this.#decoder.push(chunk)) {
      if (message.type === "attached_probes") this.#progress = "attaching";
      if (this.ready === "" && this.#isReadyLine(message)) this.ready = message.data;
      else others.push(message);
    }
    this.#queue.pushEarly(others);
    if (this.ready === "") return;
    this.#progress = "ready";
    this.#announceReady();
  }

  #isReadyLine(message: BpftraceMessage): message is BpftraceMessage & { type: "printf" } {
    return message.type === "printf" && message.data.split(/\s/, 1)[0] === this.#settings.readyLine;
  }

  #noteExit(): void {
    this.#hasExited = true;
    const { stdout, stderr } = this.#child;
    const late = setTimeout(() => {
      // One turn of the loop, so that what the pipe still holds is read before it is dropped.
      setImmediate(() => {
        stdout.destroy();
        stderr.destroy();
      });
    }, pipeGraceMs);
    this.#child.once("close", () => clearTimeout(late));
  }

  #finish(exitCode: number | null, signal: NodeJS.Signals | null): void {
    this.#queue.end();
    this.#stderr.end();
    const isRequested = this.#stopSignal !== null;
    const stderrTail = this.#stderr.text;
    const death = { progress: this.#progress, exitCode, signal, stderrTail };
    const isGood = isRequested || (exitCode === 0 && this.#progress === "ready");
    const end = { exitCode, signal, isRequested, stopSignal: this.#stopSignal, stderrTail };
    this.#settle(isGood ? end : { ...end, error: diagnose(death) });
  }

  #giveUp(): void {
    const message = `bpftrace (pid ${this.pid}) did not go after SIGKILL: it hangs in the kernel; look at /proc/${this.pid}/stack`;
    const stderrTail = this.#stderr.text;
    const error = new BpftraceError({ phase: "stop", message, stderrTail });
    const end = { exitCode: null, signal: null, isRequested: true, stopSignal: this.#stopSignal };
    this.#queue.end();
    this.#settle({ ...end, stderrTail, error });
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    this.#child.unref();
  }

  /** False when the group has gone. Never sent after the exit: the number may be another's then. */
  #signal(name: NodeJS.Signals): boolean {
    if (this.#hasExited) return false;
    try {
      return process.kill(-this.pid, name);
    } catch {
      return false;
    }
  }

  #claim(): void {
    if (this.#hasConsumer) throw new Error("the messages of this bpftrace have a consumer already");
    this.#hasConsumer = true;
  }
}

function abortedStart(end: BpftraceEnd, cause: unknown): BpftraceError {
  const { exitCode, signal, stderrTail } = end;
  const message = "bpftrace was stopped before it was ready; start it again if that was a mistake";
  return new BpftraceError({ phase: "ready", message, exitCode, signal, stderrTail, cause });
}
