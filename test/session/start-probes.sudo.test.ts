/** The programs that the kernel has loaded are those that the session counts on. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { WantedDetail } from "../../src/event/detail.ts";
import { prepareProbes } from "../../src/session/start-probes.ts";
import { parseNetwork } from "../../src/tui/network.ts";
import { requireTracing } from "../live/requires.ts";

test.concurrent.for<readonly [WantedDetail, readonly string[], readonly string[]]>([
  ["transitions", [], ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.1"]],
  ["transitions", ["owners.bt", "time_wait_end.bt"], []],
  ["summary", [], ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]],
])(
  "each tracepoint program of %s has its place, without %j, in %j",
  async ([detail, withoutProbes, texts], ctx) => {
    await requireTracing(ctx);
    const networks = texts.flatMap((text) => parseNetwork(text) ?? []);
    const options = { version: "test", detail, withoutProbes, networks };
    const probes = await prepareProbes(options);
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
