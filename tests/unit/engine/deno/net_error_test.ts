import assert from "node:assert/strict";
import {
  isGoneClient,
  netErrorCode,
  toAcceptError,
  toNetError,
} from "../../../../src/engine/deno/net_error.ts";
import { RefusingAddress } from "../../../kit/refusing_address.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(`${code} (os error 1)`), { code });
}

Deno.test("system errors have one word each", () => {
  const words = {
    ECONNREFUSED: "refused",
    EHOSTUNREACH: "unreachable",
    ENETUNREACH: "unreachable",
    ETIMEDOUT: "timed_out",
    ECONNRESET: "reset",
    EPIPE: "reset",
    ENOTCONN: "reset",
    ECONNABORTED: "aborted",
    EACCES: "denied",
    EPERM: "denied",
    EMFILE: "exhausted",
    ENFILE: "exhausted",
    ENOBUFS: "exhausted",
    ENOMEM: "exhausted",
    EADDRINUSE: "in_use",
    EADDRNOTAVAIL: "unavailable_address",
    EINVAL: "other",
  };
  for (const [code, word] of Object.entries(words)) assert.equal(netErrorCode(systemError(code)), word, code);
});

Deno.test("Deno's classes do where no errno comes along, its own permission error included", () => {
  assert.equal(netErrorCode(new Deno.errors.ConnectionRefused("x")), "refused");
  assert.equal(netErrorCode(new Deno.errors.AddrInUse("x")), "in_use");
  assert.equal(netErrorCode(new Deno.errors.NotCapable("x")), "denied");
  assert.equal(netErrorCode(new Deno.errors.BadResource("x")), "other");
  assert.equal(netErrorCode("no error at all"), "other");
});

Deno.test("what Deno throws today is recognised", async () => {
  await using target = await RefusingAddress.take();
  const { port } = target;
  const refused = await Deno.connect({ hostname: "127.0.0.1", port }).catch((error: unknown) => error);
  assert.equal(netErrorCode(refused), "refused");
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.throws(
    () => Deno.listen({ hostname: "127.0.0.1", port: listener.addr.port }),
    (error) => netErrorCode(error) === "in_use",
  );
  listener.close();
});

Deno.test("an error tells what was tried, whose fault it is, and its cause", () => {
  const cause = systemError("ECONNREFUSED");
  const error = toNetError(cause, "connect to 10.0.0.7:80", "target");
  assert.equal(error.message, "Cannot connect to 10.0.0.7:80: ECONNREFUSED (os error 1)");
  assert.equal(error.side, "target");
  assert.equal(error.retryable, true);
  assert.equal(error.cause, cause);
});

Deno.test("accept: errors of one connection are aborted, the machine's are not", () => {
  const codes = (names: string[]): string[] =>
    names.map((name) => toAcceptError(systemError(name), "accept").code);
  assert.deepEqual(
    codes(["ECONNABORTED", "ENOTCONN", "ENETUNREACH", "ETIMEDOUT"]),
    new Array(4).fill("aborted"),
  );
  assert.deepEqual(codes(["EMFILE", "ENOBUFS", "EINVAL"]), ["exhausted", "exhausted", "other"]);
  assert.equal(isGoneClient(systemError("ENOTCONN")), true);
  assert.equal(isGoneClient(systemError("ECONNABORTED")), false);
});
