// Keeps the garbage collector's pauses shorter than anybody at a screen notices.
import { setFlagsFromString } from "node:v8";

/**
 * Let the youngest part of the heap grow no further than it is now: 1 MB as node starts, 1 to 4 when
 * the program has been loaded.
 *
 * A collection there stops the program while it copies what is still in use. The copies of the
 * trace that going back in time needs are all in use, so in the 16 MB that V8 would take one
 * collection copied them whole: 60 to 100 ms with 10,000 endpoints on a slow host, 6 to 22 ms with
 * what is left here, at two hundredths of a core. A flag on the command line would need a second process, and with it
 * signals and job control by hand. V8 reads this one at each growth (`src/heap/new-spaces.cc:Grow`),
 * so that setting it while the program runs is sound; tried on node 20, 22 and 24.
 */
export function keepPausesShort(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
