/** Which Node.js may run the program, and with which io_uring setting. */
import { describe, expect, it } from "vitest";
import { refuseRuntime } from "../../bin/setup/refuse-runtime.js";

describe("refuseRuntime", () => {
  it.each(["20.11.1", "20.20.2", "21.0.0", "24.9.0"])("takes Node.js %s", (version) => {
    expect(refuseRuntime(version, {})).toBeNull();
  });

  it.each(["20.11.0", "20.9.5", "18.19.0", "8.17.0"])("refuses Node.js %s", (version) => {
    expect(refuseRuntime(version, {})).toBe(
      `Node.js ${version} is too old (20.11.1 or newer is needed): install a newer one, then start again`,
    );
  });

  it.each(["1", "2", "-1", " 1"])("refuses UV_USE_IO_URING=%s, which libuv takes", (value) => {
    expect(refuseRuntime("20.20.2", { UV_USE_IO_URING: value })).toMatch(/^UV_USE_IO_URING is set/);
  });

  it.each(["0", "", "no"])("removes UV_USE_IO_URING=%s, which is off", (value) => {
    const env = { UV_USE_IO_URING: value, HOME: "/root" };
    expect(refuseRuntime("20.20.2", env)).toBeNull();
    expect(env).toEqual({ HOME: "/root" });
  });
});
