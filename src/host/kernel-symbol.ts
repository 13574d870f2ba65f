/** Looks a function up in the kernel's own symbol table. */

import { createReadStream } from "node:fs";

/**
 * Tell whether /proc/kallsyms lists a function of this name.
 *
 * The table has some hundred thousand lines: it is read in blocks and never decoded. False when it
 * cannot be read. Names are shown to everybody, addresses only to root.
 */
export async function hasKernelSymbol(name: string, path = "/proc/kallsyms"): Promise<boolean> {
  const wanted = Buffer.from(` ${name}\n`);
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
      const bytes = Buffer.concat([tail, chunk as Buffer]);
      if (bytes.includes(wanted)) return true;
      tail = bytes.subarray(-wanted.length);
    }
  } catch {
    return false;
  }
  return false;
}
