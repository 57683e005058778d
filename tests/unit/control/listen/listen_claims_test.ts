import assert from "node:assert/strict";
import { ListenClaims } from "../../../../src/control/listen/listen_claims.ts";

/** Hosts that claim one port in turn. @returns for each who is in its way. */
function claims(...hosts: string[]): (string | undefined)[] {
  const known = new ListenClaims<string>();
  return hosts.map((host) => known.claim({ host, port: 80 }, host));
}

Deno.test("a wildcard takes its family with it, and [::] everything", () => {
  assert.deepEqual(claims("127.0.0.1", "::1", "127.0.0.2"), [undefined, undefined, undefined]);
  assert.deepEqual(claims("0.0.0.0", "127.0.0.1", "::1"), [undefined, "0.0.0.0", undefined]);
  assert.deepEqual(claims("::", "127.0.0.1", "::1", "0.0.0.0"), [undefined, "::", "::", "::"]);
  assert.deepEqual(claims("::1", "127.0.0.1", "0.0.0.0", "::"), [undefined, undefined, "127.0.0.1", "::1"]);
});

Deno.test("a name collides with itself and with [::], since nobody knows yet what it is", () => {
  assert.deepEqual(claims("web.example", "127.0.0.1", "0.0.0.0", "web.example"), [
    undefined,
    undefined,
    "127.0.0.1",
    "web.example",
  ]);
  assert.deepEqual(claims("0.0.0.0", "web.example", "::"), [undefined, undefined, "0.0.0.0"]);
  assert.deepEqual(claims("::", "web.example"), [undefined, "::"]);
});

Deno.test("other ports, and ports of the system's choice, never collide", () => {
  const known = new ListenClaims<string>();
  for (const port of [80, 81, 0, 0]) assert.equal(known.claim({ host: "::", port }, "one"), undefined);
});
