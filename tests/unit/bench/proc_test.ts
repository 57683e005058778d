import assert from "node:assert/strict";
import {
  parseBusySeconds,
  parseCpuList,
  parseProcessStat,
  parsePssBytes,
} from "../../../bench/process/proc.ts";

Deno.test("processor time is found behind a name with blanks and parentheses", () => {
  const text = "4321 (a (b) c) S 1 4321 4321 0 -1 4194560 900 0 1 0 1250 250 7 8 20 0 1 0 98765 1000 200 0\n";
  assert.deepEqual(parseProcessStat(text), { cpuSeconds: 15, startedAt: 98765 });
});

Deno.test("what is no process status is refused", () => {
  assert.throws(() => parseProcessStat("12 (x) S 1 2 3"), RangeError);
});

Deno.test("memory is the proportional share, not the resident set", () => {
  const text = "5581e-7ffd ---p 0 0 [rollup]\nRss:    9000 kB\nPss:    3172 kB\nPss_Anon:  2000 kB\n";
  assert.equal(parsePssBytes(text), 3172 * 1024);
  assert.throws(() => parsePssBytes("Rss:  1 kB\n"), RangeError);
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
