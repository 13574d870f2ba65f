/** Picks out of two readings what is worth an event. */

/**
 * The entries of `next` that `previous` has not, or has with another value; null when there are none.
 *
 * An entry that vanished is no change: a counter or sysctl does not vanish while a kernel runs.
 */
export function changed<Value extends number | string>(
  previous: Readonly<Record<string, Value>>,
  next: Readonly<Record<string, Value>>,
): Record<string, Value> | null {
  const entries = Object.entries(next).filter(([name, value]) => previous[name] !== value);
  return entries.length === 0 ? null : (Object.fromEntries(entries) as Record<string, Value>);
}
