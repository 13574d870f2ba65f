/** Escapes prose for GitHub's Markdown, so that a name stays a name. */

/**
 * A zero-width space, written as an entity: GitHub looks for mentions and references after
 * Markdown is done, where a backslash is gone and only another character helps.
 */
const BREAK = "&#8203;";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** `:tada:` is an emoji; the groups of an IPv6 address never are, so they stay copyable. */
const EMOJI = /:(?=[\w+-]*[g-z_+][\w+-]*:)/gi;

/**
 * Escape a line of safe text for Markdown outside of code.
 *
 * No pipe, backtick or `<` of it keeps its meaning; nobody is mentioned, nothing is linked, no
 * issue is referred to. What needs no escape is left alone: `close()` and `TIME_WAIT` stay
 * readable in the source.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*[\]|~$]/g, "\\$&")
    .replace(/[&<>]/g, (ch) => ENTITIES[ch] ?? ch)
    .replace(/#/g, `\\#${BREAK}`)
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
    .replace(EMOJI, `:${BREAK}`)
    .replace(/@/g, `@${BREAK}`)
    .replace(/\b(GH)-(?=\d)/gi, `$1-${BREAK}`)
    .replace(/(https?|ftp):(?=\/\/)/gi, `$1:${BREAK}`)
    .replace(/(www)\./gi, `$1${BREAK}.`)
    .replace(/^([-+=]|\d+[.)])(?=\s|$)/, (mark) => mark.replace(/.$/, "\\$&"));
}
