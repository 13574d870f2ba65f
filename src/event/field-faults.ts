/** Checks of single fields: null when the field is right, else a reason that names it. */

import { isTcpState } from "./tcp-state.ts";

/** Why a value cannot be taken, or null when it can. */
export type Fault = string | null;

/** The fields of a parsed object, before anything is known of them. */
export type Fields = Readonly<Record<string, unknown>>;

/** The largest value of 16, 31 and 32 bits, and the largest exact integer of a JSON number. */
export const U16 = 0xffff;
export const S31 = 0x7fffffff;
export const U32 = 0xffffffff;
export const EXACT = Number.MAX_SAFE_INTEGER;

/** Longest name, address or reason, and longest text of any kind, in UTF-16 units. */
export const NAME = 256;
export const TEXT = 32_768;

/** Check an integer between `least` and `most`, both included. */
export function integerFault(value: unknown, name: string, least: number, most: number): Fault {
  return typeof value === "number" && value >= least && value <= most && Math.floor(value) === value
    ? null
    : `${name} is no integer in range`;
}

/** Check an integer that may be absent. */
export function optionalIntegerFault(
  value: unknown,
  name: string,
  least: number,
  most: number,
): Fault {
  return value === undefined ? null : integerFault(value, name, least, most);
}

/** Check an integer that may be null. */
export function nullableIntegerFault(
  value: unknown,
  name: string,
  least: number,
  most: number,
): Fault {
  return value === null ? null : integerFault(value, name, least, most);
}

/** Check a duration, which alone need not be whole: `ss` prints tenths of seconds. */
export function durationFault(value: unknown, name: string): Fault {
  return typeof value === "number" && Math.abs(value) <= EXACT
    ? null
    : `${name} is no finite number`;
}

/** Check a text of at most `longest` UTF-16 units. What it says is judged where it is shown. */
export function textFault(value: unknown, name: string, longest: number): Fault {
  return typeof value === "string" && value.length <= longest ? null : `${name} is no short text`;
}

/** Check a text that may be null. */
export function nullableTextFault(value: unknown, name: string, longest: number): Fault {
  return value === null ? null : textFault(value, name, longest);
}

/** Check a boolean. */
export function flagFault(value: unknown, name: string): Fault {
  return typeof value === "boolean" ? null : `${name} is no boolean`;
}

/** Check a boolean that may be absent. */
export function optionalFlagFault(value: unknown, name: string): Fault {
  return value === undefined || typeof value === "boolean" ? null : `${name} is no boolean`;
}

/** Check a TCP state's name. */
export function stateFault(value: unknown, name: string): Fault {
  return isTcpState(value) ? null : `${name} is no TCP state`;
}

/** Check one of a few words. */
export function wordFault(value: unknown, name: string, words: ReadonlySet<unknown>): Fault {
  return words.has(value) ? null : `${name} is none of its words`;
}

/** Check every element of an array. */
export function listFault(
  value: unknown,
  name: string,
  elementFault: (element: unknown, name: string) => Fault,
): Fault {
  if (!Array.isArray(value)) return `${name} is no list`;
  for (const element of value) {
    const fault = elementFault(element, name);
    if (fault !== null) return fault;
  }
  return null;
}

/**
 * Check every value of an object that maps names to values, and take `__proto__` out of it.
 *
 * `JSON.parse` makes `__proto__` a plain property, which is harmless until somebody copies the
 * object by assignment; no counter and no sysctl has that name.
 */
export function mapFault(
  value: unknown,
  name: string,
  entryFault: (entry: unknown, name: string) => Fault,
): Fault {
  if (!isFields(value)) return `${name} is no object`;
  dropProto(value);
  for (const key of Object.keys(value)) {
    const fault = entryFault(value[key], name);
    if (fault !== null) return fault;
  }
  return null;
}

/** Tell whether a parsed value is an object, not an array and not null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Remove an own property `__proto__`, which only a forged line has. */
export function dropProto(value: Fields): void {
  if (Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
}
