/** Reads the import lines of sources and names every breach of the rooms' rules. */

/** One source file, its path relative to `src/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** What a room may import beside itself. */
interface Room {
  readonly rooms: readonly string[];
  /** Packages by prefix; `node:` for every module of Node. */
  readonly packages: readonly string[];
}

const SHELL = { rooms: ["event"], packages: ["node:"] } as const;
const PURE: readonly string[] = ["event", "core", "explain", "export"];

/** The arrows: `event <- core <- {explain, export}`; shells meet in `session`, only `cli` sees it. */
const ROOMS: Readonly<Record<string, Room>> = {
  event: { rooms: [], packages: [] },
  core: { rooms: ["event"], packages: [] },
  explain: { rooms: ["event", "core"], packages: [] },
  export: { rooms: ["event", "core"], packages: [] },
  "bpftrace-runner": { rooms: [], packages: ["node:"] },
  host: SHELL,
  store: { rooms: ["event"], packages: ["node:", "ndjson"] },
  tui: {
    rooms: ["event", "core"],
    packages: ["node:", "blessed", "blessed-contrib", "string-width"],
  },
  session: {
    rooms: [...PURE, "bpftrace-runner", "host", "store"],
    packages: ["node:"],
  },
  cli: { rooms: [...PURE, "session", "tui"], packages: ["node:", "commander"] },
};

export const MOST_LINES = 250;

/** A clock, chance or the world: what no pure room may ask. A variable may be named process. */
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.now|process\.(?:env|argv|exit|std(?:in|out|err)|hrtime|cwd|on|once|version|platform|memoryUsage|nextTick|uptime|kill|get[a-z]*[ug]id)\b|globalThis|setTimeout|setInterval|setImmediate|queueMicrotask|fetch\(|console\.|crypto\.)/;

/** The module names of every import, re-export and `import()` of a text, comments left out. */
export function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const names: string[] = [];
  const forms = [
    /(?:^|\n)\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/g,
    /(?:^|\n)\s*import\s*["']([^"']+)["']/g,
    /\bimport\s*\(\s*["'`]([^"'`]+)["'`]/g,
    /\brequire\s*\(\s*["'`]([^"'`]+)["'`]/g,
  ];
  for (const form of forms) {
    for (const match of code.matchAll(form)) names.push(match[1] as string);
  }
  return names;
}

/** Every breach, one line each. */
export function breaches(sources: readonly Source[]): string[] {
  return [
    ...sources.flatMap(arrowBreaches),
    ...sources.flatMap(purityBreaches),
    ...sources.flatMap(exitBreaches),
    ...sources.flatMap(lengthBreaches),
    ...ndjsonBreaches(sources),
  ];
}

function arrowBreaches({ path, text }: Source): string[] {
  const name = roomOf(path);
  const room = ROOMS[name];
  if (room === undefined) return [`${path} stands in no known room`];
  return importsOf(text).flatMap((imported) => {
    if (!imported.startsWith(".")) {
      const isAllowed = room.packages.some(
        (each) =>
          imported === each ||
          (each === "node:" ? imported.startsWith(each) : imported.startsWith(`${each}/`)),
      );
      return isAllowed ? [] : [`${path} imports ${imported}`];
    }
    const target = resolve(path, imported);
    if (target === null) return [`${path} imports ${imported}, outside of src`];
    const to = roomOf(target);
    return to === name || room.rooms.includes(to) ? [] : [`${path} imports ${target}`];
  });
}

function purityBreaches({ path, text }: Source): string[] {
  if (!PURE.includes(roomOf(path))) return [];
  const found = IMPURE.exec(withoutStrings(withoutComments(text)));
  return found === null ? [] : [`${path} uses ${found[0]}`];
}

function exitBreaches({ path, text }: Source): string[] {
  if (roomOf(path) === "cli") return [];
  return /\bprocess\s*\.\s*(?:exit|reallyExit|abort)\b(?!Code)/.test(withoutComments(text))
    ? [`${path} uses process.exit`]
    : [];
}

function lengthBreaches({ path, text }: Source): string[] {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return lines > MOST_LINES ? [`${path} has ${lines} lines`] : [];
}

function ndjsonBreaches(sources: readonly Source[]): string[] {
  const users = sources.filter(({ text }) => importsOf(text).includes("ndjson"));
  if (users.length === 1) return [];
  return [
    `ndjson is imported by ${users.length} files: ${users.map(({ path }) => path).join(" ")}`,
  ];
}

function roomOf(path: string): string {
  return path.split("/")[0] as string;
}

/** The path below `src/` that a relative import names, or null outside of it. */
function resolve(from: string, imported: string): string | null {
  const parts = from.split("/").slice(0, -1);
  for (const part of imported.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return null;
    } else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/[^\n]*/g, "$1");
}

function withoutStrings(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.)*`/g, '""');
}
