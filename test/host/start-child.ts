/** Starts programs that stay until they are told to go. */
import { type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";

/** A running program that has said its first line. */
export interface Child {
  readonly pid: number;
  /** What it printed first. */
  readonly firstLine: string;
  /** End its input, and with it the program; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Start a program and wait for its first line of output; `extra` descriptors follow the usual three. */
export async function startChild(
  command: string,
  args: readonly string[],
  extra: Exclude<StdioOptions, string> = [],
): Promise<Child> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit", ...extra] });
  const gone = once(child, "exit");
  const { stdin, stdout, pid } = child;
  if (stdin === null || stdout === null || pid === undefined) throw new Error("not started");
  let text = "";
  for await (const chunk of stdout) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  const stop = async () => {
    stdin.end();
    await gone;
  };
  return { pid, firstLine: text.split("\n", 1)[0] ?? "", stop };
}
