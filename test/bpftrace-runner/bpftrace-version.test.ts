/** A version is read from what every bpftrace prints, and from nothing else. */
import { describe, expect, test } from "vitest";
import { bpftraceVersion, parseBpftraceVersion } from "../../src/bpftrace-runner/index.ts";
import { fakePath } from "./fake.ts";

describe("parseBpftraceVersion", () => {
  test.each([
    ["bpftrace v0.17.0\n", { major: 0, minor: 17, patch: 0, text: "0.17.0" }],
    ["bpftrace 0.11.3\n", { major: 0, minor: 11, patch: 3, text: "0.11.3" }],
    ["bpftrace v0.22\n", { major: 0, minor: 22, patch: 0, text: "0.22" }],
    ["warning\nbpftrace v1.2.3-rc1+x", { major: 1, minor: 2, patch: 3, text: "1.2.3-rc1+x" }],
  ])("reads %j", (output, version) => {
    expect(parseBpftraceVersion(output)).toEqual(version);
  });

  test.each(["", "v0.17.0", "bpftrace", "bpftrace v0", "bpftrace v0.17.0 \u001b[2J", "gawk 5.2.1"])(
    "refuses %j",
    (output) => {
      expect(parseBpftraceVersion(output)).toBeUndefined();
    },
  );
});

describe("bpftraceVersion", () => {
  test("asks the program", async () => {
    expect(await bpftraceVersion(fakePath("says-version"))).toMatchObject({ minor: 21, patch: 3 });
  });

  test.each(["/nonexistent/bpftrace", "/bin/false"])("rejects for %s", async (path) => {
    await expect(bpftraceVersion(path)).rejects.toMatchObject({
      name: "BpftraceError",
      phase: "find",
      message: `${path} --version did not name a version; is it bpftrace?`,
    });
  });
});
