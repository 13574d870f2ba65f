/** HTML that cannot be broken by what it carries: everything put into it is escaped. */

/** A piece of HTML that is known to be whole. Only {@link markup} makes one. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

/** What a template takes: markup as it is, a list of pieces joined, anything else as text. */
export type Content = Markup | string | number | null | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Write HTML as a template: the literal parts are ours, every value is text unless it is markup.
 *
 * A value may stand between tags or inside a quoted attribute, nowhere else; never in a style or
 * a script. Null is nothing.
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts.reduce((html, part, i) => html + textOf(values[i - 1] ?? null) + part));
}

function textOf(content: Content): string {
  if (content === null) return "";
  if (content instanceof Markup) return content.html;
  if (typeof content === "object") return content.map(textOf).join("");
  return String(content).replace(/[&<>"']/g, (ch) => ENTITIES[ch] ?? ch);
}
