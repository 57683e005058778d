import assert from "node:assert/strict";
import { Errno } from "../../../../src/engine/epoll/constants.ts";
import { systemError } from "../../../../src/engine/epoll/system_error.ts";

Deno.test("an error number becomes code, side, and a message with its name", () => {
  const error = systemError("connect to 10.0.0.7:80", Errno.ECONNREFUSED, "target");
  assert.equal(error.code, "refused");
  assert.equal(error.side, "target");
  assert.equal(error.retryable, true);
  assert.equal(error.message, "Cannot connect to 10.0.0.7:80: refused (ECONNREFUSED)");
});

Deno.test("an error number that no rule speaks of is told as a number", () => {
  const error = systemError("listen on [::1]:80", 77, "internal");
  assert.equal(error.code, "other");
  assert.equal(error.retryable, false);
  assert.equal(error.message, "Cannot listen on [::1]:80: other (errno 77)");
});
