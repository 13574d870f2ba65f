/** Truths that many scenarios share. */
import { client, type EndSketch, type EndTruth, server } from "../scenario.ts";

/** All four waves. */
export const four = [1, 2, 3, 4] as const;

/** The end that closes first and is answered in every point. */
export const gracefulActive: EndSketch = {
  role: "active",
  trigger: "close",
  verdict: "graceful",
  after: ["FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT"],
  waves: four,
  orphan: true,
};

/** The end that closes second and gets the last ACK. */
export const gracefulPassive: EndSketch = {
  role: "passive",
  trigger: "close",
  verdict: "graceful",
  after: ["CLOSE_WAIT", "LAST_ACK"],
  state: "CLOSE",
  waves: four,
  orphan: true,
};

/** An end that never had to do with the teardown: still open. */
export const stillOpen: EndSketch = { verdict: "unfinished", orphan: false };

/** An end that a RST ended while it was open. */
export const resetWhileOpen: EndSketch = {
  verdict: "reset-received",
  state: "CLOSE",
  orphan: false,
};

/** A plain close() by the client, answered by a close() of the server. */
export const clientClosesFirst: readonly EndTruth[] = [
  client(gracefulActive),
  server(gracefulPassive),
];
