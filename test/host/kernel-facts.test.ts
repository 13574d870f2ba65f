/** Facts about a host: the parsers, and the host that the tests run on. */
import { release } from "node:os";
import { expect, test } from "vitest";
import { parseCapabilities } from "../../src/host/capabilities.ts";
import {
  countCpus,
  parseLockdown,
  parseMemory,
  readKernelFacts,
} from "../../src/host/kernel-facts.ts";
import { hasKernelSymbol } from "../../src/host/kernel-symbol.ts";

test.each([
  ["0-1\n", 2],
  ["0-3,8,10-11\n", 7],
  ["0", 1],
  ["", 0],
])("the CPU list %j has %d", (list, count) => {
  expect(countCpus(list)).toBe(count);
});

test("capabilities come from the effective mask", () => {
  const status = "CapPrm:\t000001ffffffffff\nCapEff:\t000000c000200000\n";
  expect([...parseCapabilities(status)]).toEqual(["CAP_SYS_ADMIN", "CAP_PERFMON", "CAP_BPF"]);
  expect(parseCapabilities("").size).toBe(0);
});

test("lockdown is the word in brackets", () => {
  expect(parseLockdown("none [integrity] confidentiality\n")).toBe("integrity");
  expect(parseLockdown("")).toBeNull();
});

test("memory is in bytes", () => {
  expect(parseMemory("MemTotal:       24684092 kB\nMemFree: 1 kB\n", "MemTotal")).toBe(25276510208);
  expect(parseMemory("", "MemTotal")).toBe(0);
});

test("a kernel function is found by its whole name only", async () => {
  expect(await hasKernelSymbol("printk_no_such_function")).toBe(false);
  expect(await hasKernelSymbol("anything", "/no/such/file")).toBe(false);
  const file = new URL("fixtures/kallsyms.txt", import.meta.url).pathname;
  expect(await hasKernelSymbol("tw_timer_handler", file)).toBe(true);
  expect(await hasKernelSymbol("timer_handler", file)).toBe(false);
  expect(await hasKernelSymbol("tw_timer", file)).toBe(false);
});

test("the facts of this host are complete whatever may be read", async () => {
  const facts = await readKernelFacts();
  expect(facts.release).toBe(release());
  expect(facts.bootId).toMatch(/^[0-9a-f-]{36}$/);
  expect(facts.cpus).toBeGreaterThan(0);
  expect(facts.possibleCpus).toBeGreaterThanOrEqual(facts.cpus);
  expect(facts.memory.totalBytes).toBeGreaterThan(facts.memory.availableBytes);
  expect(facts.isTracefsReadable).toBe(Object.values(facts.tracepoints).some((f) => f !== null));
});
