/** What the live commands share: starting a trace, waiting for its end, telling of trouble. */

import type { WantedDetail } from "../event/detail.ts";
import { compileLate } from "../session/late-compiler.ts";
import { keepHeapLean } from "../session/lean-heap.ts";
import { LiveSession } from "../session/live-session.ts";
import type { OperatorError } from "../session/operator-error.ts";
import type { OutageListener } from "../session/outage.ts";
import { complain } from "./output.ts";
import {
  describeFilters,
  type FilterOptions,
  isFiltered,
  type Thresholds,
} from "./shared-options.ts";
import { sleepLong } from "./sleep-long.ts";
import { VERSION } from "./version.ts";

/** Options of every command that traces. */
export interface TracingOptions extends FilterOptions {
  readonly duration?: number;
  readonly threshold?: Thresholds;
  readonly detail?: WantedDetail;
  /** Whether each teardown is to be told, so that none may be only counted. */
  readonly tellsEach?: boolean;
  readonly quiet?: boolean;
  /** Ended endpoints that are kept, where the default is too few. */
  readonly maxEnded?: number;
  /** Told of a bpftrace that died or hung; without it that ends the trace, else it goes on. */
  readonly onOutage?: OutageListener;
}

/** Attach the probes. Nothing has been read from the host yet. */
export async function startTracing(
  options: TracingOptions,
  onProblem?: (line: string, isBlind: boolean) => void,
): Promise<LiveSession> {
  const session = await prepareTracing(options, onProblem);
  await session.attach();
  return session;
}

/** Find out whether this host can trace, without attaching a probe yet. */
export function prepareTracing(
  options: TracingOptions,
  onProblem: (line: string, isBlind: boolean) => void = complain,
): Promise<LiveSession> {
  const { threshold: thresholds, maxEnded, onOutage, detail = "auto" } = options;
  const remark = options.quiet === true ? () => {} : complain;
  keepHeapLean();
  compileLate();
  return LiveSession.prepare({
    version: VERSION,
    netns: typeof options.netns === "number" ? options.netns : null,
    ports: options.port ?? [],
    networks: options.cidr ?? [],
    filters: describeFilters(options),
    detail,
    // What a person filters for is told one by one, and what was only counted passes no filter.
    tellsEach: options.tellsEach === true || isFiltered(options),
    trace: {
      ...(thresholds !== undefined && { thresholds }),
      ...(maxEnded !== undefined && { maxEnded }),
    },
    onProblem,
    onLeft: remark,
    ...(onOutage !== undefined && { restarts: true, onOutage }),
  });
}

/** Say on stderr that bpftrace had to be started again: once it runs, or when that takes long. */
export const complainOfOutage: OutageListener = (line, state) => {
  if (state !== "begun") complain(line);
};

/** The one line that scripts wait for: from here on nothing is missing without a gap. */
export function announce(session: LiveSession, isQuiet: boolean): void {
  const { header, unseen } = session;
  process.stderr.write(
    `tracing TCP teardowns on ${header.kernel} with bpftrace ${header.bpftrace}, since ${header.startedAt}\n`,
  );
  if (!isQuiet) for (const each of unseen) complain(`unseen here: ${each}`);
}

/** Why tracing ended. */
export type TracingEnd = "signal" | "duration" | OperatorError;

/** Wait for SIGINT or SIGTERM, for `--duration`, or for bpftrace to die. */
export async function untilEnd(
  session: LiveSession,
  durationMs: number | undefined,
): Promise<TracingEnd> {
  const abort = new AbortController();
  const { signal } = abort;
  const stops: Promise<TracingEnd>[] = [
    new Promise<TracingEnd>((resolve) => {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.once(name, () => resolve("signal"));
      }
    }),
    session.ended.then((error) => error ?? "signal"),
  ];
  if (durationMs !== undefined) {
    stops.push(
      sleepLong(durationMs, { signal }).then(
        () => "duration" as const,
        () => "duration" as const,
      ),
    );
  }
  const end = await Promise.race(stops);
  abort.abort();
  return end;
}
