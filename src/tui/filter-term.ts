// One term of a filter: `state:CLOSE_WAIT`, `!comm:curl`, `age>30s`, or a regular expression.
import { TCP_STATES } from "../event/tcp-state.ts";
import { parseDuration } from "../event/time.ts";
import { addressOf, parseNetwork } from "./network.ts";

/** What a term may ask of a row, by field; a row that has no such field has no value for it. */
export interface FilterRow {
  /** Everything that the row shows, for terms without a field. */
  readonly text: string;
  readonly state?: string | null;
  readonly verdict?: string | null;
  readonly role?: string | null;
  readonly trigger?: string | null;
  /** Names of the owner and of every holder. */
  readonly comm?: readonly string[];
  readonly pid?: readonly number[];
  /** Ports of either side. */
  readonly port?: readonly number[];
  readonly local?: string | null;
  readonly remote?: string | null;
  readonly netns?: number | null;
  /** Of a finding. */
  readonly kind?: string | null;
  readonly id?: string | null;
  /** For how long it has been what it is, milliseconds. */
  readonly age?: number | null;
  /** How long its teardown took, milliseconds. */
  readonly took?: number | null;
  readonly resends?: number | null;
  readonly count?: number | null;
}

/** Whether a row passes. */
export type Term = (row: FilterRow) => boolean;

/** Exactly one of the values. */
const EXACT = ["state", "pid", "port", "netns", "id", "verdict", "role", "trigger"] as const;
/** A part of the value. */
const PART = ["comm", "kind"] as const;
/** The beginning of the value: `10.0.`, `10.0.0.5:443`. */
const BEGINNING = ["local", "remote", "addr"] as const;
const NUMBERS = ["age", "took", "resends", "count", "pid", "port"] as const;
const TIMES: readonly string[] = ["age", "took"];

type Measured = (typeof NUMBERS)[number];

const FIELD = /^([a-z]+):(.*)$/is;
const COMPARISON = /^([a-z]+)(>=|<=|>|<|=)(.*)$/is;
/** The first group of an IPv6 address looks like a field. */
const HEXADECIMAL = /^[a-f]{1,4}$/i;

const includes = <T extends string>(list: readonly T[], name: string): name is T =>
  (list as readonly string[]).includes(name);

const plain = (text: string) => text.replaceAll('"', "");

/** Make a term of a word, or say in a text what is wrong with it. */
export function makeTerm(word: string): Term | string {
  if (word.startsWith("!") && word.length > 1) {
    const term = makeTerm(word.slice(1));
    return typeof term === "string" ? term : (row) => !term(row);
  }
  const [, field, value = ""] = FIELD.exec(word) ?? [];
  if (field !== undefined && !HEXADECIMAL.test(field)) {
    return fieldTerm(field.toLowerCase(), plain(value));
  }
  const [, name, sign, bound = ""] = COMPARISON.exec(word) ?? [];
  if (name !== undefined && sign !== undefined) return numberTerm(name.toLowerCase(), sign, bound);
  return patternTerm(plain(word));
}

function patternTerm(text: string): Term | string {
  try {
    const pattern = new RegExp(text, "iu");
    return ({ text: shown }) => pattern.test(shown);
  } catch {
    return `no regular expression: ${text}`;
  }
}

function fieldTerm(field: string, value: string): Term | string {
  const values = value.split(",").filter((each) => each !== "");
  if (values.length === 0) return `${field}: of what? such as ${exampleOf(field)}`;
  const unknown = field === "state" ? values.find((each) => !isState(each)) : undefined;
  if (unknown !== undefined) return `no state ${unknown}; ${statesLike(unknown)}`;
  if (includes(EXACT, field)) {
    const wanted = new Set(values.map((each) => comparable(field, each)));
    return (row) => valuesOf(row[field]).some((each) => wanted.has(comparable(field, each)));
  }
  const lower = values.map((each) => each.toLowerCase());
  if (includes(PART, field)) {
    return (row) =>
      valuesOf(row[field]).some((each) => lower.some((part) => each.toLowerCase().includes(part)));
  }
  if (includes(BEGINNING, field)) {
    const sides = field === "addr" ? (["local", "remote"] as const) : ([field] as const);
    return (row) =>
      sides.some((side) =>
        lower.some((part) => (row[side] ?? "").toLowerCase().replace("[", "").startsWith(part)),
      );
  }
  if (field === "cidr") return networkTerm(values);
  if (includes(NUMBERS, field)) return `${field} is compared: ${field}>${exampleOf(field)}`;
  const known = [...EXACT, ...PART, ...BEGINNING, "cidr", ...NUMBERS];
  return `no field ${field}; there are ${[...new Set(known)].join(" ")}`;
}

/** The address of either side lies in one of the networks. */
function networkTerm(values: readonly string[]): Term | string {
  const networks = values.map(parseNetwork);
  const at = networks.indexOf(null);
  if (at >= 0) return `${values[at]} is no network, such as 10.0.0.0/8`;
  return ({ local, remote }) =>
    [local, remote].some(
      (side) => side != null && networks.some((each) => each?.has(addressOf(side))),
    );
}

function numberTerm(field: string, sign: string, text: string): Term | string {
  if (!includes(NUMBERS, field)) return `${field} cannot be compared; ${NUMBERS.join(" ")} can`;
  const bound = measure(field, text);
  if (typeof bound === "string") return bound;
  const holds = COMPARE[sign] ?? (() => false);
  return (row) => valuesOf(row[field]).some((each) => holds(Number(each), bound));
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
  "=": (a, b) => a === b,
};

function measure(field: Measured, text: string): number | string {
  if (TIMES.includes(field)) {
    const ms = parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
    return typeof ms === "string" ? `${field}>30s, ${field}<5m: ${ms}` : ms;
  }
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : `${field}>1: it is a number`;
}

/** `close-wait`, `CLOSE_WAIT` and `fin_wait_1` are the kernel's names of states too. */
function comparable(field: string, value: string): string {
  const lower = value.toLowerCase();
  return field === "state" ? lower.replace(/[-_]/g, "") : lower;
}

const STATES = TCP_STATES.filter((state) => state !== null);
const isState = (text: string) =>
  STATES.some((state) => comparable("state", state) === comparable("state", text));

/** The states that a text may become, or that it may have been meant for, or all. */
function statesLike(text: string): string {
  for (let length = text.length; length >= 0; length--) {
    const begin = comparable("state", text.slice(0, length));
    const begun = STATES.filter((state) => comparable("state", state).startsWith(begin));
    if (begun.length > 0) return `there are ${begun.join(" ")}`;
  }
  return "";
}

function valuesOf(value: FilterRow[Exclude<keyof FilterRow, "text">]): readonly string[] {
  if (value === undefined || value === null) return [];
  return typeof value === "object" ? value.map(String) : [String(value)];
}

const EXAMPLES: Readonly<Record<string, string>> = {
  state: "state:CLOSE_WAIT",
  pid: "pid:4711",
  port: "port:443",
  comm: "comm:nginx",
  addr: "addr:10.0.",
  cidr: "cidr:10.0.0.0/8",
  age: "30s",
  took: "1s",
};

const exampleOf = (field: string) => EXAMPLES[field] ?? (includes(NUMBERS, field) ? "1" : "a word");
