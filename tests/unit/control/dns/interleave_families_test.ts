import assert from "node:assert/strict";
import { interleaveFamilies } from "../../../../src/control/dns/interleave_families.ts";

Deno.test("families alternate, the first one's first, without duplicates", () => {
  assert.deepEqual(
    interleaveFamilies(["fd00::1", "fd00::2", "10.0.0.1", "fd00::1", "10.0.0.2", "10.0.0.3"]),
    ["fd00::1", "10.0.0.1", "fd00::2", "10.0.0.2", "10.0.0.3"],
  );
  assert.deepEqual(interleaveFamilies(["10.0.0.1", "fd00::1"]), ["10.0.0.1", "fd00::1"]);
  assert.deepEqual(interleaveFamilies([]), []);
});
