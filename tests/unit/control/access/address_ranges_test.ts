import assert from "node:assert/strict";
import { readAddressRanges } from "../../../../src/control/access/address_ranges.ts";

Deno.test("a list has one range or address a line, comments and empty lines", () => {
  const { ranges, wrong, inexact } = readAddressRanges(
    "# offices\n10.0.0.0/8\r\n\n  192.0.2.7  # one\n2001:db8::/32\n10.1.2.3/8",
  );
  assert.deepEqual(wrong, []);
  assert.deepEqual(inexact, [6]);
  assert.deepEqual([...ranges.bits], [104, 128, 32, 104]);
  assert.deepEqual([...ranges.words.subarray(12)], [0, 0, 0xffff, 10 * 2 ** 24], "the first address counts");
});

Deno.test("what is no range is told with its line", () => {
  const { wrong } = readAddressRanges(
    "10.0.0.1\nten\n10.0.0.0/33\n10.0.0.0/8/8\n::1/129\nfe80::1%eth0\n10.0.0\n",
  );
  assert.deepEqual(wrong.map(({ line }) => line), [2, 3, 4, 5, 6, 7]);
  assert.equal(wrong[0]?.message, '"ten" is no range of addresses');
  assert.equal(wrong[1]?.message, '"10.0.0.0/33" has more than 32 bits');
});
