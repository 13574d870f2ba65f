/** Keeps captured scenarios as small recordings, and reads them again. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import type { RecordingHeader } from "../../src/event/recording.ts";
import { decodeRecord, encodeEvent, encodeFrame } from "../../src/event/recording-codec.ts";
import type { ProcessEvent, TraceEvent } from "../../src/event/trace-event.ts";
import type { CapturedScenario, ScenarioFacts } from "./captured-scenario.ts";

const DIRECTORY = fileURLToPath(new URL("../recordings/scenarios/", import.meta.url));
const FACTS = `${DIRECTORY}index.json`;

/** Write a captured scenario, without what belongs to the machine that it was captured on. */
export function keepScenario({ facts, header, events }: CapturedScenario): void {
  mkdirSync(DIRECTORY, { recursive: true });
  const lines = [
    encodeFrame(anonymous(header)),
    ...ownEvents(events).map((event) => encodeEvent(event)),
  ];
  writeFileSync(`${DIRECTORY}${facts.name}.ndjson.gz`, gzipSync(`${lines.join("\n")}\n`));
}

/** Write what the test has to know beside the recordings. */
export function keepFacts(facts: readonly ScenarioFacts[]): void {
  writeFileSync(FACTS, `${JSON.stringify(facts, null, 1)}\n`);
}

/** Every scenario that was kept. */
export function keptScenarios(): ScenarioFacts[] {
  return existsSync(FACTS) ? JSON.parse(readFileSync(FACTS, "utf8")) : [];
}

/** Names of the recordings, whether or not the facts know them. */
export function keptRecordings(): string[] {
  return readdirSync(DIRECTORY)
    .filter((name) => name.endsWith(".ndjson.gz"))
    .map((name) => name.replace(".ndjson.gz", ""));
}

/** Read a kept scenario. */
export function readScenario(facts: ScenarioFacts): CapturedScenario {
  const text = gunzipSync(readFileSync(`${DIRECTORY}${facts.name}.ndjson.gz`)).toString();
  const events: TraceEvent[] = [];
  let header: RecordingHeader | undefined;
  for (const line of text.trimEnd().split("\n")) {
    const record = decodeRecord(JSON.parse(line));
    if (record.kind === "header") header = record.header;
    else if (record.kind === "event") events.push(record.event);
    else throw new Error(`${facts.name} holds a ${record.kind} line`);
  }
  if (header === undefined) throw new Error(`${facts.name} has no header`);
  return { facts, header, events };
}

function anonymous(header: RecordingHeader): RecordingHeader {
  return { ...header, hostname: "host", bootId: "00000000-0000-0000-0000-000000000000" };
}

/** Only the holders of the scenario's own sockets, and those processes without their paths. */
function ownEvents(events: readonly TraceEvent[]): TraceEvent[] {
  const inodes = new Set<number>();
  const pids = new Set<number>();
  for (const event of events) {
    if ((event.type === "transition" || event.type === "snapshot") && event.inode) {
      inodes.add(event.inode);
    }
  }
  for (const event of events) {
    if (event.type === "owner" && inodes.has(event.inode)) pids.add(event.pid);
  }
  return events
    .filter((event) => event.type !== "owner" || inodes.has(event.inode))
    .filter((event) => event.type !== "process" || pids.has(event.pid))
    .map((event) => (event.type === "process" ? pathless(event) : event));
}

function pathless(event: ProcessEvent): ProcessEvent {
  return { ...event, exe: null, cmdline: null, unit: null, container: null };
}
