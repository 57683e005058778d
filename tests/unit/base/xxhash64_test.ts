import assert from "node:assert/strict";
import { xxHash64 } from "../../../src/base/xxhash64.ts";

Deno.test("XXH64 gives the published hashes, of texts below and above a stripe, with and without a seed", () => {
  const cases: [string, bigint, string][] = [
    ["", 0n, "ef46db3751d8e999"],
    ["a", 0n, "d24ec4f1a98c6e5b"],
    ["abc", 0n, "44bc2cf5ad770999"],
    ["xxhash", 0n, "32dd38952c4bc720"],
    ["xxhash", 20_141_025n, "b559b98d844e0635"],
    ["Nobody inspects the spammish repetition", 0n, "fbcea83c8a378bf1"],
  ];
  for (const [text, seed, hash] of cases) {
    assert.equal(xxHash64(text, seed).toString(16).padStart(16, "0"), hash, text);
  }
});
