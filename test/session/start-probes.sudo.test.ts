/** The programs that the kernel has loaded are those that the session counts on. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { WantedDetail } from "../../src/event/detail.ts";
import { prepareProbes } from "../../src/session/start-probes.ts";
import { requireTracing } from "../live/requires.ts";

test.for<readonly [WantedDetail, readonly string[]]>([
  ["transitions", []],
  ["transitions", ["owners.bt", "time_wait_end.bt"]],
  ["summary", []],
])(
  "each tracepoint program of %s has its place, without %j",
  async ([detail, withoutProbes], ctx) => {
    await requireTracing(ctx);
    const probes = await prepareProbes({ version: "test", detail, withoutProbes });
    const { isEventProgram } = probes;
    const run = await probes.attach(new AbortController().signal);
    try {
      const directory = `/proc/${run.pid}/fdinfo`;
      const programs = new Set<string>();
      for (const name of readdirSync(directory)) {
        const text = readFileSync(`${directory}/${name}`, "utf8");
        const id = /^prog_id:\s+(\d+)$/m.exec(text)?.[1];
        if (id !== undefined && /^prog_type:\s+5$/m.test(text)) programs.add(id);
      }
      expect(isEventProgram).toHaveLength(programs.size);
    } finally {
      await run.stop();
    }
  },
);
