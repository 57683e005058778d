import assert from "node:assert/strict";
import { appAddresses } from "../../../bench/rivals/app_addresses.ts";

Deno.test("the first app listens where the load asks, the others each on an address of its own", () => {
  assert.deepEqual(appAddresses(15_000, 3), ["127.0.0.1:15000", "127.2.0.1:15000", "127.2.0.2:15000"]);
  const many = appAddresses(15_000, 2_000);
  assert.equal(new Set(many).size, 2_000);
  assert.equal(many.at(-1), "127.2.7.207:15000");
  assert.throws(() => appAddresses(15_000, 0), RangeError);
});
