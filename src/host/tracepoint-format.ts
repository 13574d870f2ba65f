/** Reads the `format` files with which tracefs describes tracepoints. */

/** The names of an event's own fields; those common to all events are left out. */
export function parseFormatFields(format: string): Set<string> {
  const fields = new Set<string>();
  for (const match of format.matchAll(/^\tfield:[^;]*?(\w+)(?:\[[^\]]*\])?;/gm)) {
    const name = match[1] ?? "";
    if (!name.startsWith("common_")) fields.add(name);
  }
  return fields;
}

/**
 * The numbers that the kernel's own print format gives names to, for one field.
 *
 * Reset reasons are renumbered between kernels, so the running kernel's table is the only true one.
 * It stands in `__print_symbolic(REC->reason, { 1, "NO_SOCKET" }, …)`; pairs that the kernel left
 * symbolic are skipped. Empty where the field is not printed by name.
 */
export function parseFormatSymbols(format: string, field: string): Map<number, string> {
  const names = new Map<number, string>();
  const start = format.lastIndexOf(`__print_symbolic(REC->${field},`);
  if (start < 0) return names;
  const pairs = format.slice(start).match(/^[^,]*,\s*((?:\{[^}]*\}(?:,\s*)?)+)/)?.[1] ?? "";
  for (const match of pairs.matchAll(/\{\s*(-?\d+|0x[0-9a-fA-F]+),\s*"([^"]*)"\s*\}/g)) {
    names.set(Number(match[1]), match[2] ?? "");
  }
  return names;
}
