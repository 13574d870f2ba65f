// The grammar of the filter: what each kind of term lets through, and what is said of a wrong one.
import { describe, expect, it } from "vitest";
import { type FilterRow, makeFilter } from "../../src/tui/app-filter.ts";
import { FilterPrompt } from "../../src/tui/filter-prompt.ts";

const ROW: FilterRow = {
  text: "CLOSE_WAIT 10.0.0.5:443 [fd00:10::5]:5000 nginx 4711 passive",
  state: "CLOSE_WAIT",
  verdict: "unfinished",
  role: "passive",
  comm: ["nginx", "my app"],
  pid: [4711, 12],
  port: [443, 5000],
  local: "10.0.0.5:443",
  remote: "[fd00:10::5]:5000",
  age: 31_000,
  resends: 0,
};

const passes = (text: string, row = ROW) => {
  const made = makeFilter(text);
  if (typeof made === "string") throw new Error(made);
  return made.passes(row);
};

describe("a filter lets through", () => {
  it.each([
    ["", true],
    ["nginx", true],
    ["NGINX pass", true],
    ["nginx active", false],
    ["^close_wait", true],
    ["!nginx", false],
    ["!curl", true],
    ["state:CLOSE_WAIT", true],
    ["state:close-wait,LAST_ACK", true],
    ["STATE:last_ack", false],
    ["pid:12", true],
    ["pid:1", false],
    ["pid>4000", true],
    ["port:443", true],
    ["port:80,5000", true],
    ["port:44", false],
    ["comm:ngi", true],
    ['comm:"my app"', true],
    ["!comm:curl", true],
    ["!comm:nginx", false],
    ["addr:10.0.", true],
    ["addr:fd00", true],
    ["cidr:10.0.0.0/8", true],
    ["cidr:10.1.0.0/16,fd00:10::/64", true],
    ["!cidr:10.0.0.5", false],
    ["cidr:192.168.0.0/16", false],
    ["local:fd00", false],
    ["remote:fd00:10::5", true],
    ["age>30s", true],
    ["age>30", true],
    ["age<=31s", true],
    ["age>1m", false],
    ["resends=0", true],
    ["resends>0", false],
    ["10.0.0.5:443", true],
    ["fd00:10", true],
    ["state:CLOSE_WAIT pid:4711 port:443 !comm:curl age>30s", true],
  ])("%s: %s", (text, expected) => {
    expect(passes(text)).toBe(expected);
  });

  it("nothing by a field that the row does not have, and all by its negation", () => {
    expect(passes("port:443", { text: "a finding on port:443" })).toBe(false);
    expect(passes("!port:443", { text: "a finding" })).toBe(true);
    expect(passes("age>1s", { text: "", age: null })).toBe(false);
  });
});

describe("a filter that is none", () => {
  it.each([
    ["(", "no regular expression: ("],
    ["cidr:10.0.0.0/33", "10.0.0.0/33 is no network, such as 10.0.0.0/8"],
    ["cidr:", "cidr: of what? such as cidr:10.0.0.0/8"],
    ["comm:nginx (", "no regular expression: ("],
    ["colour:red", "no field colour; there are state pid port"],
    ["state:", "state: of what? such as state:CLOSE_WAIT"],
    ["state:open", "no state open; there are ESTABLISHED SYN_SENT"],
    ["state:fin", "no state fin; there are FIN_WAIT1 FIN_WAIT2"],
    ["state:CLOSE_WAT", "no state CLOSE_WAT; there are CLOSE_WAIT"],
    ["age>soon", "age>30s, age<5m: a duration is"],
    ["age:30s", "age is compared: age>30s"],
    ["comm>3", "comm cannot be compared; age took resends count pid port can"],
    ["pid>x", "pid>1: it is a number"],
    ["!(", "no regular expression: ("],
  ])("%s says: %s", (text, said) => {
    expect(makeFilter(text)).toContain(said);
  });
});

describe("the filter's prompt", () => {
  const type = (prompt: FilterPrompt, text: string) => {
    for (const character of text) prompt.press(character, character);
  };

  it("says what is wrong while it is typed, and does not take it", () => {
    const prompt = new FilterPrompt();
    prompt.open(null);
    expect(prompt.view.remark).toMatchObject({ isError: false });
    type(prompt, "(a");
    expect(prompt.view.remark).toEqual({ text: "no regular expression: (a", isError: true });
    expect(prompt.press("enter", null)).toBe("typing");
    type(prompt, ")");
    expect(prompt.view.remark).toBeUndefined();
    expect(prompt.press("enter", null)).toMatchObject({ text: "(a)" });
  });

  it("remembers what was entered, each once, and what was being typed", () => {
    const prompt = new FilterPrompt();
    for (const text of ["one", "two", "one"]) {
      prompt.open(null);
      type(prompt, text);
      prompt.press("enter", null);
    }
    prompt.open(null);
    type(prompt, "dra");
    const texts = ["up", "up", "up", "down", "down", "down"].map((key) => {
      prompt.press(key, null);
      return prompt.view.text;
    });
    expect(texts).toEqual(["one", "two", "two", "one", "dra", "dra"]);
  });

  it("keeps its sense when it is changed", () => {
    const prompt = new FilterPrompt();
    const made = makeFilter("a", true);
    if (typeof made === "string") throw new Error(made);
    prompt.open(made);
    type(prompt, "b");
    expect(prompt.press("enter", null)).toMatchObject({ text: "ab", isInverted: true });
    expect(prompt.inverted(made)).toMatchObject({ text: "a", isInverted: false });
  });
});
