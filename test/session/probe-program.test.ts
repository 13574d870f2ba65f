/** The one program and its parameters: nothing of the user's is ever in the text. */
import { describe, expect, test } from "vitest";
import { chooseProbes } from "../../src/session/probe-choice.ts";
import {
  lifeParameters,
  MAX_PORTS,
  probeNames,
  programParameters,
  readProgram,
} from "../../src/session/probe-program.ts";
import { kernelWithout } from "./probe-facts.ts";

describe("the parameters", () => {
  test.each<[number | null, readonly number[], readonly number[]]>([
    [null, [], [0, 0, 0, 0, 0]],
    [4026531840, [], [4026531840, 0, 0, 0, 0]],
    [null, [443], [0, 443, 443, 443, 443]],
    [7, [80, 443], [7, 80, 443, 80, 80]],
    [null, [1, 2, 3, 4], [0, 1, 2, 3, 4]],
    // More than the probes can compare: all are handed to user space.
    [null, [1, 2, 3, 4, 5], [0, 0, 0, 0, 0]],
  ])("namespace %j and ports %j are %j", (netns, ports, parameters) => {
    expect(programParameters(netns, ports)).toEqual(parameters);
    expect(programParameters(netns, ports)).toHaveLength(1 + MAX_PORTS);
  });

  test("never hold a 0 beside a port, which the probes would take for all", () => {
    for (let count = 1; count <= MAX_PORTS; count++) {
      const ports = Array.from({ length: count }, (_, i) => 1000 + i);
      expect(programParameters(null, ports).slice(1)).not.toContain(0);
    }
  });
});

describe("the parameters of kept lives", () => {
  test.each([
    [2, 32_768, 8192],
    [4, 16_384, 8192],
    [5, 8192, 8192],
    [64, 1024, 1024],
    [100_000, 1, 1],
  ])("give each of %d CPUs %d places in its rings, %d for rows", (possibleCpus, ring, rows) => {
    const notes = { seesDestroy: true, seesUse: false, sampled: 100 };
    const settings = { detail: 2, word: 77, possibleCpus, ...notes };
    expect(lifeParameters(settings)).toEqual([2, ring, 77, 1, 0, 100, rows]);
  });
});

describe("the program", () => {
  const choice = chooseProbes(kernelWithout());

  test("is the chosen files, and names them in the header", async () => {
    if (choice === null) throw new Error("nothing was chosen");
    const program = await readProgram(choice);
    for (const name of choice.fragments) expect(program).toContain(` * ${name.split(".")[0]} `);
    expect(probeNames(choice)).toEqual(choice.fragments.map((name) => name.slice(0, -3)));
  });

  test("has one BEGIN and at most one END", async () => {
    if (choice === null) throw new Error("nothing was chosen");
    const program = await readProgram(choice);
    expect(program.match(/^BEGIN$/gm)).toHaveLength(1);
    expect(program.match(/^END$/gm)).toHaveLength(1);
  });
});
