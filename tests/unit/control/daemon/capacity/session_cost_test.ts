import assert from "node:assert/strict";
import { RACING_ADDRESSES } from "../../../../../src/base/limits.ts";
import { sessionCost } from "../../../../../src/control/daemon/capacity/session_cost.ts";
import { httpPolicy } from "../../../../kit/http_snapshots.ts";
import { app, target } from "../../../../kit/snapshots.ts";

function addresses(count: number): { ip: string; port: number }[] {
  return Array.from({ length: count }, (_, i) => ({ ip: `10.0.1.${i + 1}`, port: 80 }));
}

const TARGETS = Array.from({ length: 10 }, (_, i) => target(i + 1));

Deno.test("a session in TCP mode takes two, and one more for each address that it tries beside the first", () => {
  assert.deepEqual(sessionCost(app()), { descriptors: 2, sessions: Infinity });
  assert.equal(
    sessionCost(app({ targets: [target(1), target(2, { addresses: addresses(3) })] })).descriptors,
    4,
  );
  const many = target(1, { addresses: addresses(100) });
  assert.equal(sessionCost(app({ targets: [many] })).descriptors, 1 + RACING_ADDRESSES);
  assert.equal(sessionCost(app({ targets: [target(1, { addresses: [] })] })).descriptors, 2);
});

Deno.test("the app's own limit bounds how many there are", () => {
  assert.equal(sessionCost(app({ policy: { maxConnections: 70 } })).sessions, 70);
});

Deno.test("in HTTP mode as many endpoints count as may be asked at once", () => {
  const cost = (dispatch: "sequential" | "fanout" | "hedged"): number =>
    sessionCost({ ...app({ targets: TARGETS }), http: httpPolicy({ dispatch }) }).descriptors;
  assert.deepEqual([cost("fanout"), cost("hedged"), cost("sequential")], [11, 11, 3]);
});

Deno.test("on the epoll engine a connection that is upgraded takes pipes", () => {
  const one = { ...app({ targets: [target(1)] }), engine: "epoll", http: httpPolicy() } as const;
  assert.equal(sessionCost(one).descriptors, 6);
});
