/** A probe fragment taken apart: its header, its code, and what it prints. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PROBES = fileURLToPath(new URL("../../probes/", import.meta.url));

/** One call of printf. */
export interface Printf {
  readonly format: string;
  readonly args: readonly string[];
  /** `%llx`, `%s` …, in order. */
  readonly conversions: readonly string[];
  /** What stands between the spaces of the format: conversions and literals. */
  readonly fields: readonly string[];
}

/** One file of `probes/`. */
export interface Fragment {
  readonly file: string;
  readonly text: string;
  /** The comment at the top, without its stars. */
  readonly header: readonly string[];
  /** All that is no comment. */
  readonly code: string;
  readonly prints: readonly Printf[];
}

/** All fragments on disk. */
export function fragments(): Fragment[] {
  return readdirSync(PROBES)
    .sort()
    .map((file) => takeApart(file, readFileSync(`${PROBES}${file}`, "utf8")));
}

/** Take one fragment apart. */
export function takeApart(file: string, text: string): Fragment {
  const [comment = ""] = /^\/\*[\s\S]*?\*\/\n/.exec(text) ?? [];
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/[^\n]*/g, "");
  const header = comment
    .split("\n")
    .slice(1, -2)
    .map((line) => line.replace(/^ \* ?/, ""));
  return { file, text, header, code, prints: printsOf(code) };
}

function printsOf(code: string): Printf[] {
  return [...code.matchAll(/\bprintf\s*\(\s*"((?:[^"\\]|\\.)*)"/g)].map((match) => {
    const format = match[1] as string;
    const [, ...args] = splitArguments(code, match.index + match[0].indexOf("("));
    const conversions = format.match(/%[a-z]+/g) ?? [];
    return { format, args, conversions, fields: format.replace(/\\n$/, "").split(" ") };
  });
}

/** The arguments of the call whose parenthesis stands at `open`. */
function splitArguments(code: string, open: number): string[] {
  const args: string[] = [];
  let depth = 0;
  let isText = false;
  let from = open + 1;
  for (let at = open; at < code.length; at++) {
    const ch = code[at] as string;
    if (ch === '"' && code[at - 1] !== "\\") isText = !isText;
    if (isText) continue;
    if ("([{".includes(ch)) depth++;
    if (")]}".includes(ch)) depth--;
    if (depth === 0 || (depth === 1 && ch === ",")) {
      args.push(code.slice(from, at).trim());
      from = at + 1;
    }
    if (depth === 0) return args;
  }
  throw new Error("a call of printf does not end");
}

/** The part of the header under one of its words, in one line; null where it is missing. */
export function partOf(fragment: Fragment, word: "Wire" | "Misses" | "Cost"): string | null {
  const first = fragment.header.findIndex((line) => line.startsWith(`${word}:`));
  if (first < 0) return null;
  const rest = fragment.header.slice(first + 1);
  const end = rest.findIndex((line) => !/^ {8}\S/.test(line));
  const lines = [fragment.header[first], ...(end < 0 ? rest : rest.slice(0, end))];
  return lines
    .map((line) => (line as string).trim())
    .join(" ")
    .slice(word.length + 1)
    .trim();
}
