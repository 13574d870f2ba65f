/** The options of `record` for weeks: when files end, how many stay, what a finding saves. */

import { InvalidArgumentError, Option } from "commander";
import { FINDING_KINDS, type FindingKind } from "../core/finding.ts";
import { OperatorError } from "../session/operator-error.ts";
import type { PartOptions } from "../session/record-parts.ts";
import { parseCount, parseSpan, SIZE_UNITS } from "./shared-options.ts";

/** As the command line gives them. */
export interface KeepingOptions {
  readonly rotateSize?: number;
  readonly rotateEvery?: number;
  readonly maxFiles?: number;
  readonly maxSize?: number;
  readonly keep?: number;
  readonly gzip: boolean;
  readonly onFinding?: readonly FindingKind[];
  readonly before: number;
  readonly after: number;
}

/** A size such as `64M`, `2G`, as bytes. */
function parseSize(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)i?B?$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (SIZE_UNITS.get(unit.toUpperCase()) ?? 1));
  if (number === "" || bytes < LEAST_BYTES) {
    throw new InvalidArgumentError("A size is a number and a unit, 64K at least: 64M, 2G.");
  }
  return bytes;
}

function parseKinds(text: string): FindingKind[] {
  if (text === "any") return [...FINDING_KINDS];
  return text.split(",").map((part) => {
    const kind = FINDING_KINDS.find((each) => each === part);
    if (kind === undefined) {
      throw new InvalidArgumentError(`Kinds are any, ${FINDING_KINDS.join(", ")}.`);
    }
    return kind;
  });
}

function parseFiles(text: string): number {
  const count = parseCount(text);
  if (count < 1) throw new InvalidArgumentError("One file at least must stay.");
  return count;
}

const LEAST_BYTES = 65_536;
const DEFAULT_PART_BYTES = 64 * 1024 ** 2;
/** Files of a time that is kept: so many that little more than it stays. */
const PARTS_OF_KEPT = 24;
/** Of a size that is kept. */
const PARTS_OF_SIZE = 10;
const LEAST_PART_MS = 60_000;

export const KEEPING_OPTIONS: readonly Option[] = [
  new Option("--rotate-size <size>", "begin a new file at this size: 64M, 1G").argParser(parseSize),
  new Option("--rotate-every <time>", "begin a new file after this time: 15m, 1h").argParser(
    parseSpan,
  ),
  new Option("--keep <time>", "remove files that are older: 24h, 7d").argParser(parseSpan),
  new Option("--max-files <n>", "keep so many files").argParser(parseFiles),
  new Option("--max-size <size>", "keep so many bytes of files").argParser(parseSize),
  new Option("--no-gzip", "leave closed files as they are"),
  new Option(
    "--on-finding <kind[,kind]|any>",
    "keep the last minutes in memory, and write a file only around such a finding",
  ).argParser(parseKinds),
  new Option("--before <time>", "what it saves of the time before")
    .argParser(parseSpan)
    .default(300_000, "5m"),
  new Option("--after <time>", "and of the time after").argParser(parseSpan).default(120_000, "2m"),
];

/** What bounds the recording that a dashboard writes. */
export const BOUNDING_OPTIONS = KEEPING_OPTIONS.filter(({ long }) =>
  ["--keep", "--max-size"].includes(long ?? ""),
);

/** Whether files rotate, and how; null for one file. */
export function partsOf(
  options: Partial<KeepingOptions>,
): Omit<PartOptions, "onProblem" | "redactor"> | null {
  const { rotateSize, rotateEvery, maxFiles, maxSize, keep, gzip = true } = options;
  const given = [rotateSize, rotateEvery, maxFiles, maxSize, keep];
  if (given.every((each) => each === undefined)) return null;
  const bySize = maxSize === undefined ? undefined : Math.ceil(maxSize / PARTS_OF_SIZE);
  const byTime = keep === undefined ? undefined : Math.max(LEAST_PART_MS, keep / PARTS_OF_KEPT);
  const maxPartBytes = rotateSize ?? Math.min(bySize ?? Infinity, DEFAULT_PART_BYTES);
  const maxPartMs = rotateEvery ?? byTime;
  return {
    packs: gzip,
    maxPartBytes,
    ...(maxPartMs !== undefined && { maxPartMs }),
    ...(maxFiles !== undefined && { maxFiles }),
    ...(maxSize !== undefined && { maxBytes: maxSize }),
    ...(keep !== undefined && { keepMs: keep }),
  };
}

/**
 * @param isGiven Whether an option stands on the command line, and is no default.
 * @throws OperatorError 2 for what does not go together
 */
export function refuseContradictions(
  output: string,
  options: KeepingOptions,
  isGiven: (option: keyof KeepingOptions) => boolean,
): void {
  const isMany = partsOf(options) !== null || options.onFinding !== undefined;
  if (isMany && output === "-") {
    throw new OperatorError(2, "stdout is one stream: name a file for files that rotate");
  }
  const { onFinding, rotateSize, rotateEvery } = options;
  if (onFinding === undefined && (isGiven("before") || isGiven("after"))) {
    throw new OperatorError(
      2,
      "--before and --after are about what a finding saves: name it with --on-finding, or any",
    );
  }
  if (onFinding !== undefined && (rotateSize ?? rotateEvery) !== undefined) {
    throw new OperatorError(
      2,
      "--on-finding writes a file for each finding, none of which rotates; leave --rotate-size and --rotate-every out",
    );
  }
}
