// Loaded before lastack (`node --require`): at SIGUSR2 its wall clock is set an hour ahead, at the
// next it stands still for two seconds which its monotonic clock does not count and the kernel's
// boot clock does, as when the host sleeps. Nobody else on this host sees either.
"use strict";

const AHEAD_MS = 3_600_000;
const ASLEEP_MS = 2000;
const readWall = Date.now;
const readNs = process.hrtime.bigint;
const readMs = performance.now.bind(performance);

let aheadMs = 0;
let sleptNs = 0n;

Date.now = () => readWall() + aheadMs;
process.hrtime.bigint = () => readNs() - sleptNs;
performance.now = () => readMs() - Number(sleptNs) / 1e6;

process.on("SIGUSR2", () => {
  if (aheadMs === 0) {
    aheadMs = AHEAD_MS;
    return;
  }
  const since = readNs();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ASLEEP_MS);
  sleptNs = readNs() - since;
});
