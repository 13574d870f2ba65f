/** What a finding tells of the process behind it: who, what its threads do, how fast it grows. */

import type { Nanoseconds, ProcessEvent } from "../../event/trace-event.ts";
import type { Endpoint, Holder } from "../endpoint.ts";
import type { DescriptorUse, Growth, OwnerFacts, Share } from "../owner-facts.ts";
import { describeThreads } from "../thread-words.ts";
import { lasting } from "./wording.ts";

const MOST_HOLDERS = 4;
const MOST_FDS = 6;
const LONGEST_COMMAND = 160;

/** The lines; the likely cause stands in the finding's summary. */
export function ownerEvidence(
  facts: OwnerFacts,
  endpoints: readonly Endpoint[],
  now: Nanoseconds,
): string[] {
  const { growth, descriptors, process, threads } = facts;
  return [
    ...silence(endpoints, now),
    ...holderLines(endpoints),
    ...(threads === null ? [] : [`of process ${threads.pid} ${describeThreads(threads)}`]),
    ...(growth === null ? [] : [growthText(growth)]),
    ...(descriptors === null ? [] : [descriptorText(descriptors)]),
    ...(process === null ? [] : [processText(process, now)]),
  ];
}

/** `nothing was sent for 12 s, nothing received for 3 min`: of all, the one that moved last. */
function silence(endpoints: readonly Endpoint[], now: Nanoseconds): string[] {
  let [sent, received, read] = [-1, -1, -1] as [number, number, number];
  for (const { lastSentAt, lastReceivedAt, lastReadAt } of endpoints) {
    if (lastSentAt !== undefined) sent = Math.max(sent, lastSentAt);
    if (lastReceivedAt !== undefined) received = Math.max(received, lastReceivedAt);
    if (lastReadAt !== undefined) read = Math.max(read, lastReadAt);
  }
  const parts: string[] = [];
  if (read >= 0) parts.push(`the application last read ${lasting(now - read)} ago`);
  if (sent >= 0) parts.push(`no data was sent for ${lasting(now - sent)}`);
  if (received >= 0) parts.push(`none came for ${lasting(now - received)}`);
  return parts.length === 0 ? [] : [parts.join(", ")];
}

interface Held {
  readonly comm: string;
  readonly fds: number[];
}

/** Every process that holds one of them, with its descriptors; who had opened it and let go. */
function holderLines(endpoints: readonly Endpoint[]): string[] {
  const held = new Map<number, Held>();
  const openers = new Map<number, string>();
  for (const { holders, openedBy } of endpoints) {
    for (const holder of holders) addHolder(held, holder);
    if (openedBy !== undefined) openers.set(openedBy.pid, openedBy.comm);
  }
  const lines: string[] = [];
  for (const [pid, { comm, fds }] of [...held].slice(0, MOST_HOLDERS)) {
    lines.push(`held by ${comm} (pid ${pid}) on ${descriptorsText(fds)}`);
  }
  if (held.size > MOST_HOLDERS) lines.push(`held by ${held.size - MOST_HOLDERS} more processes`);
  for (const [pid, comm] of openers) {
    if (!held.has(pid)) lines.push(`opened by ${comm} (pid ${pid}), which holds it no longer`);
  }
  return lines;
}

function addHolder(held: Map<number, Held>, { pid, comm, fds }: Holder): void {
  const known = held.get(pid);
  if (known === undefined) held.set(pid, { comm, fds: [...fds] });
  else known.fds.push(...fds);
}

function descriptorsText(fds: number[]): string {
  fds.sort((a, b) => a - b);
  const shown = fds.slice(0, MOST_FDS).join(", ");
  const rest = fds.length - MOST_FDS;
  return `descriptor${fds.length === 1 ? "" : "s"} ${shown}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** `12 more in 60 s (12 a minute), 8 of them from 10.0.0.9, 12 at 10.0.0.2:80`. */
function growthText({ count, window, perMinute, listeners, peers }: Growth): string {
  const span = lasting(window * 1e9);
  if (count === 0) return `no more have come in ${span}`;
  const rate = perMinute < 10 ? perMinute.toFixed(1).replace(/\.0$/, "") : Math.round(perMinute);
  const shares = [...named("from", peers), ...named("at", listeners)];
  return [`${count} more in ${span} (${rate} a minute)`, ...shares].join(", ");
}

function named(word: string, shares: readonly Share[]): string[] {
  return shares.slice(0, 1).map(({ name, count }) => `${count} of them ${word} ${name}`);
}

function descriptorText({ used, limit, secondsLeft }: DescriptorUse): string {
  const share = `${used} of ${limit} descriptors are in use`;
  return secondsLeft === null
    ? share
    : `${share}, the rest lasts for ${lasting(secondsLeft * 1e9)} at this rate`;
}

/** Who a process is, in one line. */
export function processText(process: ProcessEvent, now: Nanoseconds): string {
  const { pid, cmdline, exe, comm, uid, user, unit, container, pod, startedAt } = process;
  const command = cmdline ?? exe ?? comm;
  const parts = [
    command.length > LONGEST_COMMAND ? `${command.slice(0, LONGEST_COMMAND)}…` : command,
    user !== undefined ? `user ${user}` : uid === null ? null : `uid ${uid}`,
    unit === null ? null : `unit ${unit}`,
    container === null ? null : `container ${container}`,
    pod === undefined ? null : `pod ${pod}`,
    startedAt === undefined ? null : `running for ${lasting(now - startedAt)}`,
  ];
  return `process ${pid}: ${parts.filter((part) => part !== null).join(", ")}`;
}
