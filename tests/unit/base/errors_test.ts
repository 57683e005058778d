import assert from "node:assert/strict";
import { errorMessage, FproxyError, listenHint, NetError } from "../../../src/base/errors.ts";

Deno.test("errors of a socket carry code, side and cause, and whether another target may do better", () => {
  const cause = new Error("os error 111");
  const error = new NetError("refused", "Cannot connect", "target", cause);
  assert.deepEqual([error.code, error.side, error.retryable, error.cause], [
    "refused",
    "target",
    true,
    cause,
  ]);
  assert.ok(error instanceof FproxyError && error instanceof Error);
  const retryable = ["refused", "unreachable", "timed_out", "reset", "unavailable_address", "tls"] as const;
  for (const code of retryable) assert.equal(new NetError(code, "", "target").retryable, true, code);
  const final = ["aborted", "denied", "exhausted", "in_use", "other"] as const;
  for (const code of final) assert.equal(new NetError(code, "", "target").retryable, false, code);
});

Deno.test("a failed listen has a hint where the cause is likely known", () => {
  assert.match(listenHint("in_use"), /ss -ltnp/);
  assert.match(listenHint("denied"), /1024/);
  assert.equal(listenHint("other"), "");
});

Deno.test("anything thrown has a message", () => {
  assert.equal(errorMessage(new Error("x")), "x");
  assert.equal(errorMessage("plain"), "plain");
  assert.equal(errorMessage(undefined), "undefined");
});
