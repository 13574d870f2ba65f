/** A namespace that is not found any more lives on while one of its full sockets does. */
import { expect, test } from "vitest";
import { Departures } from "../../src/session/departures.ts";
import { NETNS, Story, sock } from "../core/story.ts";

const client = sock();
const here = new Map([[NETNS, {}]]);
const nowhere = new Map();

test("one that is found is not asked about", () => {
  expect(new Departures(new Story().trace).settle([], here)).toEqual({ dead: [], back: [] });
});

test("one without any socket is dead, and that is said once", () => {
  const departures = new Departures(new Story().trace);
  expect(departures.settle([NETNS], nowhere)).toEqual({ dead: [NETNS], back: [] });
  expect(departures.settle([], nowhere)).toEqual({ dead: [], back: [] });
});

test("one with mini-sockets alone is dead", () => {
  const story = new Story().at(0).connect(client).closeFirst(client);
  expect(new Departures(story.trace).settle([NETNS], nowhere).dead).toEqual([NETNS]);
});

test("one with a full socket is not, until the socket has gone", () => {
  const story = new Story().at(0).connect(client);
  const departures = new Departures(story.trace);
  expect(departures.settle([NETNS], nowhere)).toEqual({ dead: [], back: [] });
  story.at(10).closeFirst(client);
  expect(departures.settle([], nowhere)).toEqual({ dead: [NETNS], back: [] });
});

test("one whose inode is found again is told as such, full socket or not", () => {
  const departures = new Departures(new Story().at(0).connect(client).trace);
  departures.settle([NETNS], nowhere);
  expect(departures.settle([], here)).toEqual({ dead: [], back: [NETNS] });
  expect(departures.settle([], nowhere)).toEqual({ dead: [], back: [] });
});
