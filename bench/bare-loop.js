// @ts-check
// What a host can do at best: split at LF and parse, nothing else. Other figures are held against it.

/** Returns how many lines there were. @param {AsyncIterable<string>} chunks */
export async function bareLoop(chunks) {
  let rest = "";
  let lines = 0;
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split("\n");
    rest = /** @type {string} */ (parts.pop());
    for (const line of parts) {
      JSON.parse(line);
      lines++;
    }
  }
  return lines;
}
