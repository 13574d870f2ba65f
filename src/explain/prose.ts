/** Turns a block of source text into the paragraphs of a topic. */

/**
 * Split a block into paragraphs.
 *
 * A blank line ends a paragraph and `- ` begins a list item; all other line breaks belong to the
 * source file, not to the text, and become spaces.
 */
export function prose(block: string): readonly string[] {
  const paragraphs: string[] = [];
  let isOpen = false;
  for (const raw of block.split("\n")) {
    const line = raw.trim();
    if (line === "") {
      isOpen = false;
    } else if (isOpen && !line.startsWith("- ")) {
      paragraphs.push(`${paragraphs.pop()} ${line}`);
    } else {
      paragraphs.push(line);
      isOpen = true;
    }
  }
  return paragraphs;
}
