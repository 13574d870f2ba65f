/** The command line: reads the arguments, runs one command, and gives its exit code. */

import { Command, CommanderError } from "commander";
import { OperatorError } from "../session/operator-error.ts";
import { answerUnknown, UNKNOWN } from "./check-answer.ts";
import type { CommandResult } from "./command-result.ts";
import { complain, endQuietlyOnClosedPipe } from "./output.ts";
import { VERSION } from "./version.ts";

type AddCommand = (program: Command, result: CommandResult) => void;

/** Each command's module, in the order of the help; one call loads no other command's code. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  live: async () => (await import("./live.ts")).addLive,
  record: async () => (await import("./record.ts")).addRecord,
  replay: async () => (await import("./replay.ts")).addReplay,
  report: async () => (await import("./report.ts")).addReport,
  states: async () => (await import("./states.ts")).addStates,
  slice: async () => (await import("./slice.ts")).addSlice,
  diff: async () => (await import("./diff.ts")).addDiff,
  stream: async () => (await import("./stream.ts")).addStream,
  check: async () => (await import("./check.ts")).addCheck,
  doctor: async () => (await import("./doctor.ts")).addDoctor,
  explain: async () => (await import("./explain.ts")).addExplain,
};

const EPILOGUE = `
TIME is an ISO 8601 instant, HH:MM:SS[.fff] within the recording, +1.5s from its
start or -10s from its end.

Examples:
  sudo lastack                         the live dashboard
  sudo lastack record -o run.ndjson    record until Ctrl-C
  lastack report run.ndjson            how every connection ended
  lastack states run.ndjson --at -10s  what \`ss -tan\` would have shown
  lastack explain CLOSE_WAIT           what a state means on this host

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 unreadable input, 4 not allowed;
of check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.`;

/**
 * Run the program.
 *
 * @param argv the arguments without node and script
 * @returns the exit code of the contract
 */
export async function main(argv: readonly string[]): Promise<number> {
  const isCheck = argv[0] === "check";
  // An answer that nobody took is no OK.
  const result: CommandResult = { exitCode: isCheck ? UNKNOWN : 0 };
  endQuietlyOnClosedPipe(() => result.exitCode, isCheck ? UNKNOWN : 1);
  try {
    const args = withDefault(argv);
    const program = await build(args[0] ?? "", result);
    await program.parseAsync(args, { from: "user" });
    return result.exitCode;
  } catch (error) {
    // Whose code cannot even be read is told of by the launcher, which has all it needs.
    if (isOutOfFiles(error)) throw error;
    const code = report(error, argv);
    return isCheck && code !== 0 ? answerUnknown(error) : code;
  }
}

/** The program with the named command, or with all of them where it names none. */
async function build(name: string, result: CommandResult): Promise<Command> {
  const program = new Command("lastack");
  program
    .description("Traces every TCP teardown on this host: who closed, who holds, why it is stuck.")
    .version(VERSION, "--version", "print the version")
    .addHelpText("after", EPILOGUE)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError(true);
  const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  for (const load of named ? [named] : Object.values(COMMANDS)) (await load())(program, result);
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    command.option("-v, --verbose", "on failure, print where it happened");
  }
  return program;
}

const ROOT_FLAGS = new Set(["--help", "-h", "--version", "help"]);

/** `lastack` alone, or with options only, is `lastack live`. */
function withDefault(argv: readonly string[]): string[] {
  const [first] = argv;
  const isOption = first === undefined || first.startsWith("-");
  return isOption && !ROOT_FLAGS.has(first ?? "") ? ["live", ...argv] : [...argv];
}

/** One line on stderr, and the code for it; no stack trace without `-v`. */
function report(error: unknown, argv: readonly string[]): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    complain(`${usageMessage(error.message)}; see lastack --help`);
    return 2;
  }
  const isVerbose = argv.includes("-v") || argv.includes("--verbose");
  if (error instanceof OperatorError) {
    complain(error.message);
    if (isVerbose && error.cause instanceof Error) process.stderr.write(`${error.cause.stack}\n`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  complain(`failed: ${message}; run it again with -v and report what it prints`);
  if (isVerbose && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}

function isOutOfFiles(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === "EMFILE" || code === "ENFILE";
}

/** commander's message in one line, without its own prefix. */
function usageMessage(message: string): string {
  return message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .replace(/\.$/, "");
}
