/** What nobody has accepted waits for the process that listens. */
import { expect, test } from "vitest";
import { matches } from "../../src/cli/shared-options.ts";
import { ownerOrListener } from "../../src/core/accept-queue.ts";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { Story, sock } from "./story.ts";

const end = sock({ local: "10.0.0.2", localPort: 443, remote: "10.0.0.9", remotePort: 40_000 });
const listener = sock({ local: "0.0.0.0", localPort: 443, remote: "0.0.0.0", remotePort: 0 });

function backlog(): Story {
  const story = new Story().change(listener, "CLOSE", "LISTEN", { pid: 50, comm: "nginx" });
  return story.at(10).child(end).finCame(end, { inode: 0 });
}

function only({ trace }: Story): Endpoint {
  return [...trace.endpoints()][0] as Endpoint;
}

test("its owner is the listener's process, by no more than that", () => {
  const story = backlog();
  const owner = { pid: 50, comm: "nginx", source: "listener", confidence: "likely" };
  expect(ownerOrListener(only(story), story.trace)).toEqual(owner);
  expect(only(story).owner).toBeNull();
});

test("a filter by that process lets it through, and by any other does not", () => {
  const story = backlog();
  expect(matches({ pid: 50 }, only(story), story.trace)).toBe(true);
  expect(matches({ comm: "nginx" }, only(story), story.trace)).toBe(true);
  expect(matches({ pid: 51 }, only(story), story.trace)).toBe(false);
  expect(matches({ comm: "app" }, only(story), story.trace)).toBe(false);
});

test("of a listener whose process is not known there is none", () => {
  const story = new Story().at(10).child(end).finCame(end, { inode: 0 });
  expect(ownerOrListener(only(story), story.trace)).toBeNull();
  expect(matches({ pid: 50 }, only(story), story.trace)).toBe(false);
});

test("what was accepted is its holder's alone", () => {
  const story = new Story().change(listener, "CLOSE", "LISTEN", { pid: 50, comm: "nginx" });
  story.at(10).accept(end, 60, "worker").finCame(end, { inode: 7 });
  expect(ownerOrListener(only(story), story.trace)).toMatchObject({ pid: 60, source: "accept" });
  expect(matches({ pid: 50 }, only(story), story.trace)).toBe(false);
});
