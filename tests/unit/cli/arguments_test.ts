import assert from "node:assert/strict";
import {
  booleanArgument,
  countArgument,
  durationArgument,
  listenArgument,
  targetArgument,
} from "../../../src/cli/arguments.ts";

/** Commander reports errors of this code as wrong usage. */
function refuses(parse: () => unknown, message: RegExp): void {
  assert.throws(parse, (error: unknown) => {
    assert.ok(error instanceof Error && "code" in error && error.code === "commander.invalidArgument");
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("a listen address may lack its host", () => {
  assert.deepEqual(listenArgument(":8000"), { host: "0.0.0.0", port: 8000 });
  assert.deepEqual(listenArgument("8000"), { host: "0.0.0.0", port: 8000 });
  assert.deepEqual(listenArgument("127.0.0.1:0"), { host: "127.0.0.1", port: 0 });
  assert.deepEqual(listenArgument("[::1]:7"), { host: "::1", port: 7 });
  assert.deepEqual(listenArgument("LocalHost:1"), { host: "localhost", port: 1 });
  refuses(() => listenArgument("local host:1"), /not a host name/);
  refuses(() => listenArgument(":65536"), /out of range/);
});

Deno.test("a target needs host and port", () => {
  assert.deepEqual(targetArgument("[::1]:80"), { host: "::1", port: 80 });
  assert.deepEqual(targetArgument("Example.COM:80"), { host: "example.com", port: 80 });
  refuses(() => targetArgument("example.com"), /no port/);
  refuses(() => targetArgument("::1:80"), /brackets/);
});

Deno.test("durations are above zero", () => {
  assert.equal(durationArgument("1.5s"), 1500);
  refuses(() => durationArgument("0s"), /no time at all/);
  refuses(() => durationArgument("5"), /no unit/);
});

Deno.test("counts are whole and in range", () => {
  const parse = countArgument(1, 10);
  assert.equal(parse("10"), 10);
  for (const text of ["0", "11", "1.5", "-1", "", "1e1", "x"]) refuses(() => parse(text), /from 1 to 10/);
});

Deno.test("switches are true or false", () => {
  assert.deepEqual(["true", "1", "false", "0"].map((text) => booleanArgument(text)), [
    true,
    true,
    false,
    false,
  ]);
  refuses(() => booleanArgument("yes"), /neither/);
});
