import assert from "node:assert/strict";
import {
  hasListener,
  parseBusySeconds,
  parseCpuList,
  parseMemory,
  parseProcessStat,
} from "../../../bench/process/proc.ts";

Deno.test("processor time is found behind a name with blanks and parentheses", () => {
  const text = "4321 (a (b) c) S 1 4321 4321 0 -1 4194560 900 0 1 0 1250 250 7 8 20 0 1 0 98765 1000 200 0\n";
  assert.deepEqual(parseProcessStat(text), { cpuSeconds: 15, startedAt: 98765 });
});

Deno.test("what is no process status is refused", () => {
  assert.throws(() => parseProcessStat("12 (x) S 1 2 3"), RangeError);
});

Deno.test("memory is read as the proportional share and as the resident set", () => {
  const text = "5581e-7ffd ---p 0 0 [rollup]\nRss:    9000 kB\nPss:    3172 kB\nPss_Anon:  2000 kB\n";
  assert.deepEqual(parseMemory(text), { pssBytes: 3172 * 1024, rssBytes: 9000 * 1024 });
  assert.throws(() => parseMemory("Rss:  1 kB\n"), RangeError);
});

Deno.test("a port has a listener where a socket of 127.0.0.1 waits for clients, not where one is connected", () => {
  const text = "  sl  local_address rem_address   st tx_queue rx_queue\n" +
    "   0: 0100007F:3A99 00000000:0000 0A 00000000:00000000 00:00000000\n" +
    "   1: 0100007F:3A9A 0100007F:C001 01 00000000:00000000 00:00000000\n" +
    "   2: 00000000:3A9B 00000000:0000 0A 00000000:00000000 00:00000000\n";
  assert.equal(hasListener(text, 0x3a99), true);
  assert.equal(hasListener(text, 0x3a9a), false);
  assert.equal(hasListener(text, 0x3a9b), false);
  assert.equal(hasListener(text, 0xc001), false);
});

Deno.test("a processor's work leaves out idle time and waiting for disks", () => {
  const text =
    "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\ncpu1 100 200 300 5000 6000 10 20 70 0 0\nintr 5\n";
  assert.equal(parseBusySeconds(text, 1), 7);
  assert.equal(parseBusySeconds(text, 0), 0.06);
  assert.throws(() => parseBusySeconds(text, 2), RangeError);
});

Deno.test("a list of processors is read with its ranges", () => {
  assert.deepEqual(parseCpuList("0-2,5\n"), [0, 1, 2, 5]);
  assert.deepEqual(parseCpuList("3"), [3]);
});
