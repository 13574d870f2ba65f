// @ts-check
// The story of the demonstration: who connects to whom when, and which segments are lost.

/** Length of the recording, seconds. */
export const LENGTH = 84;

/** The host that is recorded. */
export const HOST = { v4: "10.0.0.5", v6: "fd00:10::5" };

/** The other end of the wire: addresses of many visitors. */
export const VISITORS = ["10.0.0.41", "10.0.0.42", "10.0.0.43", "10.0.0.77", "10.0.0.99"];
export const VISITOR_V6 = "fd00:10::41";

/** Services of the host: name, port, habit of `service.py`. */
export const SERVICES = [
  ["shop-frontend", 80, "serve"],
  ["static-files", 8000, "close"],
  ["checkout-api", 8080, "leak"],
  ["image-proxy", 9000, "ignore"],
  ["batch-import", 9100, "sleep"],
  ["legacy-gateway", 9200, "unread"],
  ["report-stream", 9300, "half"],
];

/**
 * FINs of the host that get lost: to which visitor, from which second to which. `first` lets them
 * pass again after so many.
 */
export const LOSSES = [
  { to: "10.0.0.77", from: 22, until: LENGTH },
  { to: "10.0.0.99", from: 34, until: 43 },
];

/** @typedef {{ at: number, to: string, port: number, from?: string, bytes?: number, answer?: boolean, think?: number, end?: "close" | "wait" | "reset" | "hold" }} Step */

/** @param {number} from @param {number} until @param {number} every @param {(i: number) => Omit<Step, "at">} step @returns {Step[]} */
function steady(from, until, every, step) {
  const steps = [];
  // A little unevenness, the same each time: traffic by the clock looks like a machine's.
  for (let i = 0, at = from; at < until; i++, at += every * (0.6 + ((i * 37) % 41) / 50)) {
    steps.push({ at, ...step(i) });
  }
  return steps;
}

/** @param {number} i */
const visitor = (i) => /** @type {string} */ (VISITORS[i % 3]);

/** Connections from outside. @returns {Step[]} */
export function visits() {
  return [
    ...steady(1, LENGTH - 2, 0.9, (i) => ({ to: HOST.v4, port: 80, from: visitor(i), think: 0.3 })),
    ...steady(1.5, LENGTH - 2, 1.6, (i) => ({
      to: HOST.v4,
      port: 8000,
      from: visitor(i + 1),
      end: "wait",
    })),
    ...steady(3, LENGTH - 4, 6.1, () => ({ to: HOST.v6, port: 80, from: VISITOR_V6, think: 0.4 })),
    ...steady(40, 47, 0.12, (i) => ({ to: HOST.v4, port: 8000, from: visitor(i), end: "wait" })),
    ...steady(6, LENGTH - 6, 7.3, (i) => ({
      to: HOST.v4,
      port: 8080,
      from: visitor(i),
      answer: false,
    })),
    ...steady(18, 40, 7.1, (i) => ({
      to: HOST.v4,
      port: 9000,
      from: visitor(i),
      bytes: 2400,
      answer: false,
    })),
    ...steady(26, 34, 2.2, (i) => ({ to: HOST.v4, port: 9100, from: visitor(i), answer: false })),
    ...steady(24, 60, 9.4, () => ({ to: HOST.v4, port: 8000, from: "10.0.0.77", end: "wait" })),
    ...steady(35, 38, 1.3, () => ({ to: HOST.v4, port: 8000, from: "10.0.0.99", end: "wait" })),
    ...steady(37, 38, 2, () => ({ to: HOST.v4, port: 80, from: "10.0.0.99", think: 0.2 })),
    ...steady(12, LENGTH - 8, 5.7, (i) => ({
      to: HOST.v4,
      port: 9200,
      from: visitor(i),
      answer: false,
      think: 0.2,
    })),
    ...steady(15, LENGTH - 8, 8.9, (i) => ({
      to: HOST.v4,
      port: 80,
      from: visitor(i),
      end: "reset",
    })),
    ...steady(10, 30, 9, (i) => ({ to: HOST.v4, port: 9300, from: visitor(i), end: "hold" })),
  ].sort((a, b) => a.at - b.at);
}

/** What the host's own job does over its loopback. @returns {Step[]} */
export function jobs() {
  return [
    ...steady(2, LENGTH - 3, 2.6, () => ({ to: "127.0.0.1", port: 80, think: 0.2 })),
    ...steady(8, LENGTH - 5, 3.7, () => ({ to: "127.0.0.1", port: 8080, answer: false })),
    ...steady(20, LENGTH - 5, 14, () => ({ to: "127.0.0.1", port: 5432, answer: false })),
  ].sort((a, b) => a.at - b.at);
}
