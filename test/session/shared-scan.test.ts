/** Whoever asks for a whole scan gets one, and no two are under way at a time. */
import { expect, test } from "vitest";
import { SharedScan } from "../../src/session/shared-scan.ts";

test("a scan is quick only where all who share it are content with that", async () => {
  const scans: boolean[] = [];
  let underWay = 0;
  let most = 0;
  const scan = new SharedScan(async (isQuick) => {
    scans.push(isQuick);
    most = Math.max(most, ++underWay);
    await Promise.resolve();
    underWay--;
  });
  await scan.ask(true);
  await Promise.all([scan.ask(true), scan.ask()]);
  const running = scan.ask(true);
  await Promise.resolve();
  await Promise.all([running, scan.ask()]);
  await scan.ask(true);
  expect(scans).toEqual([true, false, true, false, true]);
  expect(most).toBe(1);
});
