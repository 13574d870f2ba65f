/** What can be packed: nearly everything that has closed. */

import type { LiveFacts } from "./live-facts.ts";

/** A word of a row that says nothing. */
export const NO_WORD = 0xffff_ffff;

/** Whether a row can say all of it: its figures are whole numbers of 32 bits, and it has no socket. */
export function isPackable(facts: LiveFacts): boolean {
  const { inode, bytesSent, bytesReceived, lastDump, srttUs, fd, sequel } = facts;
  const { unreadBytes, teardownNo } = sequel;
  return (
    facts.upper === null &&
    unreadBytes === null &&
    isWord(inode) &&
    isWord(bytesSent) &&
    isWord(bytesReceived) &&
    isWord(lastDump) &&
    isWord(srttUs) &&
    isWord(teardownNo) &&
    fd === (fd | 0)
  );
}

function isWord(value: number | null): boolean {
  return value === null || (value === value >>> 0 && value !== NO_WORD);
}
