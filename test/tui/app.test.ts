// The dashboard over the bundled recording: whole screens, in every size, theme and depth.
import { afterEach, describe, expect, it } from "vitest";
import { THEME_NAMES } from "../../src/tui/theme.ts";
import { DEMO, demoSource, openDashboard, sourceOf, traceOf } from "./dashboard.ts";

/** A moment at which FINs are being re-sent and connections leak. */
const MOMENT = 46;
/** SGR parameters that choose a colour, the terminal's own (39, 49) left out. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it is about.
const COLOUR = /\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/;

let opened: ReturnType<typeof openDashboard> | null = null;
afterEach(() => opened?.close());

async function open(cols: number, rows: number, options = {}, seconds = MOMENT) {
  opened = openDashboard(await demoSource(seconds), cols, rows, options);
  return opened;
}

describe("the whole screen", () => {
  it.each([
    [60, 16],
    [80, 24],
    [120, 30],
    [160, 45],
    [200, 60],
  ])("at %ix%i", async (cols, rows) => {
    const app = await open(cols, rows);
    const text = await app.frame();
    await expect(`${text}\n`).toMatchFileSnapshot(`screens/app-${cols}x${rows}.txt`);
  });

  it("says that the terminal is too small below 60x16", async () => {
    const app = await open(59, 15);
    expect(await app.frame()).toMatch(/terminal too small\n.*59x15, needs 60x16/);
  });

  it("uses ASCII alone where nothing else can be shown", async () => {
    const app = await open(120, 30, { glyphs: "ascii" });
    const text = await app.frame();
    expect(text).toMatch(/^[\n -~]*$/);
    await expect(`${text}\n`).toMatchFileSnapshot("screens/app-ascii.txt");
  });

  it("shows two panels at 80x24, and the others by their number", async () => {
    const app = await open(80, 24);
    const text = await app.frame();
    expect(text.match(/╭/g)).toHaveLength(2);
    expect(text).toMatch(/Endpoints by state[\s\S]*4 Teardowns/);
    expect(await app.keys("2")).toMatch(/▸ 2 Owners/);
  });

  it("fits any size that it may be given, at once", async () => {
    const app = await open(80, 24);
    for (const [cols, rows] of [
      [200, 60],
      [61, 17],
      [20, 5],
      [3, 1],
      [300, 16],
      [60, 100],
    ] as const) {
      await app.resize(cols, rows);
      const text = await app.frame();
      expect(text.split("\n")).toHaveLength(rows);
      expect(text).not.toBe("\n".repeat(rows - 1));
    }
  });
});

describe("colours", () => {
  it.each(THEME_NAMES)("say nothing that the text does not: %s", async (theme) => {
    const plain = await (await open(120, 30, { colors: 0 })).frame();
    opened?.close();
    const app = await open(120, 30, { theme });
    const coloured = await app.frame();
    // Without colours the layers of the chart are told apart by shades, in whole cells.
    const withoutChart = (text: string) =>
      text.split("\n").map((line, y) => (y > 1 && y < 9 ? line.slice(56) : line));
    expect(withoutChart(coloured)).toEqual(withoutChart(plain));
    expect(coloured).toMatch(/W CLOSE_WAIT[\s\S]*▲W stuck-close-wait[\s\S]*● graceful/);
    expect(app.takeWritten()).toMatch(COLOUR);
  });

  it("are not sent at all without colours", async () => {
    const app = await open(120, 30, { colors: 0 });
    await app.frame();
    expect(app.takeWritten()).not.toMatch(COLOUR);
  });

  it("change with the theme's key", async () => {
    const app = await open(120, 30);
    await app.frame();
    await app.keys("C");
    expect(app.terminal.theme.name).toBe("light");
  });
});

describe("what it says of itself", () => {
  it("shows DEMO and the host that the recording is of", async () => {
    const app = await open(80, 24);
    expect(await app.frame()).toMatch(/^ lastack {3}DEMO .*recorded on \S+/);
  });

  it("shows the speed of a replay", async () => {
    opened = openDashboard(await demoSource(5, { mode: "replay", speed: 10 }), 80, 24);
    expect(await opened.frame()).toContain("▸ REPLAY 10x");
  });

  it("shows the ledger", async () => {
    const app = await open(200, 60, {}, Number.POSITIVE_INFINITY);
    const { counted, received, skipped, lost } = (await demoSource()).cursor.trace.ledger();
    const n = (value: number) => value.toLocaleString("en");
    expect(await app.frame()).toContain(
      `balanced  lost ${n(lost)}  skipped ${n(skipped)}  counted ${n(counted)}  received ${n(received)}`,
    );
  });

  it.each([
    ["replay", null, "end of recording"],
    ["live", null, "tracing has ended; what was collected stays"],
    ["live", "bpftrace was killed by SIGKILL", "tracing has ended: bpftrace was killed by SIGKILL"],
  ] as const)("stays open when a %s source ends (%s)", async (mode, failure, said) => {
    const ended = Promise.resolve(failure);
    opened = openDashboard(await demoSource(MOMENT, { mode, ended }), 120, 30);
    await ended;
    const text = await opened.frame();
    expect(text).toContain(said);
    expect(text).toContain("checkout-api");
    expect(opened.doors.quit).toBe(0);
    expect(opened.dashboard.failure).toBe(failure === null ? null : said);
  });

  it("shows a new line of trouble, made harmless, and repeats it in the help", async () => {
    const problems: string[] = [];
    opened = openDashboard(await demoSource(MOMENT, { problems }), 120, 40);
    await opened.frame();
    problems.push("cannot read \x1b[2Jowners");
    expect(await opened.frame()).toContain("▲ cannot read \\x1b[2Jowners");
    expect(await opened.keys("?")).toMatch(/Remarks[\s\S]*cannot read \\x1b\[2Jowners/);
  });

  it("says what it watches and for how long while nothing closes", async () => {
    opened = openDashboard(sourceOf(traceOf([], 42e9)), 80, 24);
    const text = await opened.frame();
    expect(text).toContain("Quiet: no connection has closed in 42.0s.");
    expect(text).toContain("Watching testhost: all namespaces, all ports.");
  });

  it("does not call quiet what nobody watches: the probes are not attached yet", async () => {
    const changes = { since: () => null, starting: () => "attaching the probes" };
    opened = openDashboard(sourceOf(traceOf([], 42e9), changes), 80, 24);
    const text = await opened.frame();
    expect(text).toContain("attaching the probes");
    expect(text).toContain("The probes are not attached: what closes now is not seen.");
    expect(text).not.toMatch(/Quiet|FINE/);
  });

  it("was recorded from a real kernel", async () => {
    const { header } = await demoSource(0);
    expect(header).toMatchObject({
      origin: "captured",
      kernel: expect.stringMatching(/^\d+\.\d+/),
    });
    expect(DEMO).toMatch(/demo\.ndjson$/);
  });
});
