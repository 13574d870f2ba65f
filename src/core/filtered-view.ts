/** A trace seen through a filter: only some endpoints, and the counts of those. */

import type { Ledger } from "../event/recording.ts";
import type { Nanoseconds, ProcessEvent, SocketTuple } from "../event/trace-event.ts";
import { counted } from "./detectors/wording.ts";
import { DurationHistogram } from "./duration-histogram.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Finding } from "./finding.ts";
import type { GapSum } from "./gap-list.ts";
import type { Listener } from "./listener-table.ts";
import { Tally } from "./tally.ts";
import type { Percentiles, Summary, TraceView } from "./trace.ts";

/** Shows the endpoints that pass, and the findings that speak of one of them. */
export class FilteredView implements TraceView {
  readonly #view: TraceView;
  readonly #passes: (endpoint: Endpoint) => boolean;

  constructor(view: TraceView, passes: (endpoint: Endpoint) => boolean) {
    this.#view = view;
    this.#passes = passes;
  }

  get now(): Nanoseconds {
    return this.#view.now;
  }

  get countedUntil(): Nanoseconds | null {
    return this.#view.countedUntil;
  }

  *endpoints(): Iterable<Endpoint> {
    for (const endpoint of this.#view.endpoints()) if (this.#passes(endpoint)) yield endpoint;
  }

  endpoint(id: string): Endpoint | undefined {
    const endpoint = this.#view.endpoint(id);
    return endpoint !== undefined && this.#passes(endpoint) ? endpoint : undefined;
  }

  /**
   * A finding about the trace itself always stands: the filter hides no loss.
   *
   * Count, summary and evidence stay what was concluded from all of its endpoints, as the dashboard
   * shows them; the summary adds how many are seen here.
   */
  findings(): readonly Finding[] {
    return this.#view
      .findings()
      .map((finding) => this.#seen(finding))
      .filter((finding) => finding.kind === "incomplete-trace" || finding.endpoints.length > 0);
  }

  #seen(finding: Finding): Finding {
    const all = finding.endpoints.length;
    const endpoints = finding.endpoints.filter((id) => this.endpoint(id) !== undefined);
    if (endpoints.length === all) return finding;
    const seen = `${endpoints.length} of its ${counted(all, "endpoint")} pass the filter`;
    return { ...finding, endpoints, summary: `${finding.summary} (${seen})` };
  }

  gaps(): readonly GapSum[] {
    return this.#view.gaps();
  }

  summary(): Summary {
    const tally = new Tally();
    const retransmits = { FIN: 0, DATA: 0, SYN: 0 };
    const histograms = new Map<string, DurationHistogram>();
    for (const endpoint of this.endpoints()) {
      tally.add(endpoint, this.isComplete(endpoint));
      for (const { kind } of endpoint.resends) retransmits[kind === "DATA+FIN" ? "FIN" : kind]++;
      for (const phase of endpoint.phases) {
        if (phase.to === null || phase.atLeast) continue;
        const histogram = histograms.get(phase.state) ?? new DurationHistogram();
        histograms.set(phase.state, histogram);
        histogram.record(phase.to - phase.from);
      }
    }
    const phaseMs: Record<string, Percentiles> = {};
    for (const [state, histogram] of histograms) phaseMs[state] = histogram.percentiles();
    const { endpoints, teardowns, byVerdict, byRole } = tally;
    return {
      endpoints,
      itemised: endpoints,
      teardowns,
      byVerdict,
      byRole,
      retransmits,
      phaseMs,
    };
  }

  ledger(): Ledger {
    return this.#view.ledger();
  }

  process(pid: number, at?: Nanoseconds): ProcessEvent | undefined {
    return this.#view.process(pid, at);
  }

  listenerOf(tuple: SocketTuple): Readonly<Listener> | undefined {
    return this.#view.listenerOf(tuple);
  }

  sysctls(netns?: number): Readonly<Record<string, string>> {
    return this.#view.sysctls(netns);
  }

  isComplete(endpoint: Endpoint): boolean {
    return this.#view.isComplete(endpoint);
  }
}
