import assert from "node:assert/strict";
import { listeningSocketsBound } from "../../../../../src/control/daemon/capacity/listening_sockets_bound.ts";

Deno.test("listening sockets leave descriptors to everything else, half of them where there are few", () => {
  assert.equal(listeningSocketsBound(21_024), 10_000);
  assert.equal(listeningSocketsBound(1_024), 256);
  assert.equal(listeningSocketsBound(0), 0);
  assert.equal(listeningSocketsBound(null), Infinity);
});
