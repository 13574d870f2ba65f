/** One object for all that a process opened in one way: it may hold a hundred thousand endpoints. */

import type { OwnerSource } from "../event/trace-event.ts";
import type { Owner } from "./endpoint.ts";

const KEPT = 4096;
const WAYS: readonly OwnerSource[] = ["connect", "accept", "close", "fd-scan", "listener"];

const known = new Map<number, Owner>();

/** An owner who says this, the same object as before where it was asked for lately. */
export function sharedOwner(
  pid: number,
  comm: string,
  source: OwnerSource,
  confidence: Owner["confidence"],
): Owner {
  const key = pid * WAYS.length + WAYS.indexOf(source);
  const found = known.get(key);
  if (found?.comm === comm && found.confidence === confidence) return found;
  const made: Owner = { pid, comm, source, confidence };
  if (known.size >= KEPT) known.clear();
  known.set(key, made);
  return made;
}
