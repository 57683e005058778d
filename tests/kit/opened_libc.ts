import { type Libc, openLibc } from "../../src/engine/epoll/libc.ts";

const opened = openLibc();

/**
 * The C library, for tests of the parts that call it. It is opened when a test file is loaded: it stays open for good,
 * and a test that opened it would count as leaking it.
 */
export const libc: Libc = opened.ok ? opened.libc : fail(opened.reason);

function fail(reason: string): never {
  throw new Error(`These tests need the C library: ${reason}`);
}
