/** How a packed endpoint's row is laid out, among its set's and when it is read as a whole. */

import type { PackedStory } from "./packed-story.ts";

/** Doubles of a row, then ten words in five of them, then the moments that are none of these. */
export const BORN = 0;
export const UNTIL = 1;
export const TOUCHED = 2;
export const MOMENTS = 8;

/** Words of a row, counted from its beginning. */
export const STORY = 6;
export const OWNER = 7;
export const RARE = 8;
export const DUMP = 9;
export const INODE = 10;
export const SENT = 11;
export const RECEIVED = 12;
export const SRTT = 13;
export const FD = 14;
export const TEARDOWN_NO = 15;

/** Of a row that is read as a whole: the first doubles, the words from DUMP on, then the moments. */
export const DOUBLES = 3;
export const FIGURES = DOUBLES + TEARDOWN_NO - DUMP + 1;

/** How many moments of a row stand nowhere else. */
export function momentsOf({ refs }: PackedStory): number {
  return Math.max(MOMENTS, ...refs) - MOMENTS;
}
