// @ts-check
// Runs the built program in this process, so that the terminal and the signals are its own.
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MAIN } from "./bundle.js";
import { buildState } from "./checkout-state.js";

/** The checkout, or the installed package, that this file belongs to. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Run `main` of the build and return its exit code. A build that is missing or older than the
 * sources is refused: an operator must not debug a program that is not the one on disk.
 *
 * @param {readonly string[]} args
 * @param {string} [root]
 * @returns {Promise<number>}
 */
export async function launch(args, root = ROOT) {
  const state = buildState(root);
  if (state !== "ready") {
    const what = state === "missing" ? "is not built" : "has sources newer than its build";
    return fail(
      `${root} ${what}: run \`npm run build\` there (\`npm ci\` first on a new checkout)`,
      args,
    );
  }
  const isVerbose = args.includes("-v") || args.includes("--verbose");
  // Only of what is loaded after it, and only where a stack is shown: the maps take memory.
  if (isVerbose) process.setSourceMapsEnabled(true);
  try {
    /** @type {{ main(args: readonly string[]): Promise<number> }} */
    const program = await import(pathToFileURL(join(root, MAIN)).href);
    return await program.main(args);
  } catch (error) {
    return fail(describe(error, root, isVerbose), args);
  }
}

/** What the operator can do where no more files can be opened; Node has raised the soft limit by then. @type {Readonly<Record<string, string>>} */
const OUT_OF_FILES = {
  EMFILE:
    "no more files may be opened here (`ulimit -n`): allow 1024 (LimitNOFILE= of a service, or a new shell), then start again",
  ENFILE: "this host can open no more files: raise the sysctl fs.file-max, then start again",
};

/** @param {unknown} error @param {string} root @param {boolean} isVerbose */
function describe(error, root, isVerbose) {
  if (!(error instanceof Error)) return `internal error: ${String(error)}`;
  if (isVerbose) return error.stack ?? error.message;
  const { code = "" } = /** @type {{ code?: string }} */ (error);
  const limit = OUT_OF_FILES[code];
  if (limit !== undefined) return limit;
  const [line] = error.message.split("\n");
  return code === "ERR_MODULE_NOT_FOUND"
    ? `${line}: run \`npm ci\` in ${root}`
    : `internal error: ${line}: start again with -v to see where, and report it`;
}

/**
 * To a monitoring system, which reads stdout, 1 would be a WARNING: a check that could not run is
 * UNKNOWN.
 *
 * @param {string} message
 * @param {readonly string[]} args
 */
function fail(message, args) {
  process.stderr.write(`lastack: ${message}\n`);
  if (args[0] !== "check") return 1;
  const [line = ""] = message.split("\n");
  process.stdout.write(`LASTACK UNKNOWN - ${line.replace(/[^\w ,.:/()=-]/g, "")}\n`);
  return 3;
}
