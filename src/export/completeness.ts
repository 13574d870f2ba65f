/** What a report may and may not be trusted for: the ledger in words. */

import { holesInWords } from "../core/holes.ts";
import type { SliceOrigin } from "../event/recording.ts";
import type { Clock } from "./clock.ts";
import { countOf, countText } from "./duration.ts";
import type { Report } from "./report.ts";

/** The statement that opens every report. */
export interface Completeness {
  /** Nothing is known to be missing. */
  readonly isComplete: boolean;
  /** One sentence that stands alone. */
  readonly headline: string;
  /** One sentence for each thing that is missing or left out. */
  readonly details: readonly string[];
}

/**
 * Say what the ledger says was missed.
 *
 * Complete means four things at once: the two accounts of the records agree, nothing stands on
 * the losing side of either, there is no hole in which nobody counted, and the recorder closed the
 * file. Endpoints that are counted but not itemised are no loss, but whoever reads the list must
 * know, and so it is with a filter, with a slice and with made-up names.
 */
export function completenessOf({
  recording,
  summary,
  source,
}: Pick<Report, "recording" | "summary" | "source">): Completeness {
  const { counted, received, lost, skipped, unparsed, evicted, balanced } = recording.ledger;
  const losses: string[] = [];
  if (lost > 0) losses.push(`${countOf(lost, "record")} lost on the way from the kernel`);
  if (unparsed > 0) losses.push(`${countOf(unparsed, "record")} arrived damaged`);
  if (skipped > 0) losses.push(`the kernel left out ${countOf(skipped, "probe run")}`);
  if (evicted > 0) losses.push(`${countOf(evicted, "endpoint")} forgotten for want of room`);
  losses.push(...holesInWords(source.view.gaps()));
  const unexplained = counted - received - lost - unparsed;
  if (unexplained !== 0) {
    losses.push(`the two accounts differ by ${countOf(Math.abs(unexplained), "record")}`);
  } else if (!balanced) {
    losses.push("the accounts did not balance at the end of the recording");
  }
  if (!recording.closedCleanly) {
    losses.push("the recording was not closed cleanly: what came after its last line is unknown");
  }
  const details = losses.map(asSentence);
  if (summary.itemised < summary.endpoints) {
    const [some, all] = [countText(summary.itemised), countText(summary.endpoints)];
    details.push(`${some} of ${all} endpoints stand in the list; the counts cover all of them.`);
  }
  if (recording.sampled !== undefined) {
    details.push(sampledSentence(recording.sampled, summary.counted !== undefined));
  }
  const { header, narrowed } = source.frame;
  if (narrowed !== undefined) {
    const [some, all] = [countText(summary.endpoints), countOf(narrowed.of, "endpoint")];
    details.push(`Only what passes ${narrowed.by} is told of: ${some} of ${all}.`);
  }
  const chosen = recordedFilters(header.filters);
  if (chosen !== "") {
    details.push(`Recorded with the filter ${chosen}: nothing else of the host is in it.`);
  }
  if (header.slice !== undefined) details.push(sliceSentence(header.slice, source.clock));
  if (header.redacted === true) details.push(REDACTED);
  const isComplete = losses.length === 0;
  return { isComplete, headline: isComplete ? completeHeadline(counted) : INCOMPLETE, details };
}

const REDACTED =
  "Redacted: names and addresses are made up, ports and process ids are as they were.";
const INCOMPLETE = "Incomplete: events are missing, so a connection may have done more than this.";

/** The steps are those of `CountedGroup.stays`; what was only counted passes no filter. */
function sampledSentence(sampled: number, isCounted: boolean): string {
  const listed =
    "Listed are all that were not plain, and about one in " +
    `${countText(sampled)} of those that ended well within half a second`;
  return isCounted
    ? `${listed}; of the others the times are counted in steps, and may be an eighth too long.`
    : `${listed}; the others, if any, are not in these counts.`;
}

function completeHeadline(counted: number): string {
  if (counted === 0) return "Complete: the kernel counted no records, and none are missing.";
  return counted === 1
    ? "Complete: the one record that the kernel counted arrived."
    : `Complete: all ${countText(counted)} records that the kernel counted arrived.`;
}

/** A report of a slice begins where its stories do, before what was cut out. */
function sliceSentence({ from, to, endpoints, findings }: SliceOrigin, clock: Clock): string {
  const window = `from ${clock.time(from, 3)} to ${clock.time(to, 3)} ${clock.zone}`;
  const chosen = [...(endpoints ?? []), ...(findings ?? [])].join(", ");
  const what = chosen === "" ? "who was there" : `what belongs to ${chosen} of the whole`;
  return `A slice ${window}, with the whole stories of ${what}; the account is the whole's.`;
}

/** Of a header from elsewhere, so a value that is no number, network or name of a state stays out. */
function recordedFilters(filters: Readonly<Record<string, unknown>>): string {
  const narrowing = Object.entries(filters).filter(([, value]) => value !== "all");
  const words = narrowing.map(([name, value]) => {
    const values = [value].flat().map(String).join();
    return FILTER_VALUES.test(values) ? `${name} ${values}` : name;
  });
  return words.filter((each) => FILTER_WORDS.test(each)).join(" and ");
}

const FILTER_VALUES = /^[\w.:/,]{1,200}$/;
const FILTER_WORDS = /^\w{1,40}( |$)/;

function asSentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}
