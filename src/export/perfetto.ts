/** `--format perfetto`: Chrome's trace format, which Perfetto and chrome://tracing open. */

import type { Endpoint } from "../core/endpoint.ts";
import { completenessOf } from "./completeness.ts";
import type { ExportFormat } from "./format.ts";
import { jsonText } from "./json-text.ts";
import { localName, ownerName, remoteName, safeName } from "./names.ts";
import { endpointEvents, findingEvents, type Track } from "./perfetto-events.ts";
import { commaSeparated, inPieces } from "./pieces.ts";
import type { Report } from "./report.ts";

/** A track for each endpoint, grouped by the process that holds it. */
export const perfetto: ExportFormat = {
  name: "perfetto",
  extension: "perfetto.json",
  about: "a track for each endpoint, for ui.perfetto.dev or chrome://tracing",
  render: (report) => inPieces(document(report)),
};

/** Group 1 holds the findings. */
const FIRST_GROUP = 2;

function* document(report: Report): Generator<string> {
  const { recording } = report;
  const { headline, details } = completenessOf(report);
  const otherData = {
    host: safeName(recording.hostname),
    kernel: safeName(recording.kernel),
    startedAt: recording.startedAt,
    completeness: [headline, ...details].join(" "),
  };
  yield `{"displayTimeUnit":"ms","otherData":${jsonText(otherData)},"traceEvents":[`;
  yield* commaSeparated(eventTexts(report));
  yield "]}\n";
}

function* eventTexts(report: Report): Generator<string> {
  const { view, endNs } = report.source;
  const tracks = new TrackBook();
  for (const endpoint of view.endpoints()) {
    const track = tracks.trackOf(endpoint);
    for (const name of tracks.newNames(endpoint)) yield jsonText(name);
    const peerTrack = endpoint.peer === null ? null : tracks.trackOf(endpoint.peer);
    for (const event of endpointEvents(endpoint, track, peerTrack, endNs)) yield jsonText(event);
  }
  for (const event of findingEvents(view.findings(), endNs)) yield jsonText(event);
}

/** Hands out track numbers; a peer may be numbered before its own turn comes. */
class TrackBook {
  readonly #tracks = new Map<string, Track>();
  readonly #groups = new Map<string, number>();
  readonly #named = new Set<number>();

  trackOf(endpoint: Endpoint): Track {
    const known = this.#tracks.get(endpoint.id);
    if (known !== undefined) return known;
    const track = { pid: this.#groupOf(ownerName(endpoint)), tid: this.#tracks.size + 1 };
    this.#tracks.set(endpoint.id, track);
    return track;
  }

  /** Metadata events that name the endpoint's track, and its group when that is new. */
  *newNames(endpoint: Endpoint): Generator<object> {
    const { pid, tid } = this.trackOf(endpoint);
    if (!this.#named.has(pid)) {
      this.#named.add(pid);
      yield { ph: "M", name: "process_name", pid, args: { name: ownerName(endpoint) } };
    }
    const name = `${safeName(endpoint.id)} ${localName(endpoint.tuple)} to ${remoteName(endpoint.tuple)}`;
    yield { ph: "M", name: "thread_name", pid, tid, args: { name } };
    yield { ph: "M", name: "thread_sort_index", pid, tid, args: { sort_index: tid } };
  }

  #groupOf(name: string): number {
    const known = this.#groups.get(name) ?? FIRST_GROUP + this.#groups.size;
    this.#groups.set(name, known);
    return known;
  }
}
