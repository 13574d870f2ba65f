/** Words that several findings share. */

/** `1 connection`, `2 connections`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A share of a limit in whole percent; exact where it is whole. */
export function percent(part: number, whole: number): number {
  return Math.floor((part * 100) / whole);
}

/** Whether a share reaches so many percent, without the rounding of a division. */
export function reaches(part: number, whole: number, percent: number): boolean {
  return part * 100 >= percent * whole;
}

/** A time in whole seconds. */
export function seconds(ns: number): string {
  return `${Math.round(ns / 1e9)} s`;
}

/** A time as a person says it: `12 s`, `3 min`, `5 h`, `12 d`; rounded down from a minute on. */
export function lasting(ns: number): string {
  const total = Math.max(0, ns / 1e9);
  if (total < 120) return `${Math.round(total)} s`;
  if (total < 2 * 3600) return `${Math.floor(total / 60)} min`;
  if (total < 2 * 86_400) return `${Math.floor(total / 3600)} h`;
  return `${Math.floor(total / 86_400)} d`;
}
