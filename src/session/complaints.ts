/** Tells of each trouble once. */

/**
 * Make a teller of trouble that says each line once, however often it is met.
 *
 * @param tell `isBlind` where something of the host was not read; true unless told otherwise
 */
export function complainOnce(
  tell: (line: string, isBlind: boolean) => void,
): (line: string, isBlind?: boolean) => void {
  const told = new Set<string>();
  return (line, isBlind = true) => {
    if (told.has(line)) return;
    told.add(line);
    tell(line, isBlind);
  };
}
