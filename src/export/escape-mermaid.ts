/** Escapes text for a Mermaid sequence diagram. */

/** What no rule of the diagram's lexer gives a meaning to. */
const PLAIN = /[^\p{L}\p{M}\p{N} ._:()/,+=?*'-]/gu;

/**
 * Write safe text so that Mermaid's parser takes it as text.
 *
 * `;` ends a statement, `#` begins an entity, `%%` a comment, the word `end` a block wherever it
 * stands, and `wrap:` at the start is an instruction. All of these become decimal entities, as
 * everything does that is not known to be harmless.
 */
export function escapeMermaid(text: string): string {
  return text
    .replace(PLAIN, (ch) => entity(ch))
    .replace(/\bend\b/gi, (word) => entity(word[0] ?? "") + word.slice(1))
    .replace(/wrap(?=\s*:)/gi, (word) => entity(word[0] ?? "") + word.slice(1));
}

function entity(ch: string): string {
  return `#${ch.codePointAt(0)};`;
}
