import assert from "node:assert/strict";
import { normalizeGoFlags } from "../../../src/cli/go_flags.ts";

const FLAGS = [
  { name: "address", isBoolean: false },
  { name: "stop-after", isBoolean: false },
  { name: "log-file", isBoolean: false },
  { name: "log-date", isBoolean: true },
  { name: "random-errors", isBoolean: true },
];

function normal(...args: string[]): string {
  return normalizeGoFlags(args, FLAGS).join(" ");
}

Deno.test("flags have one dash or two, their value behind a sign or next, and may be cut short", () => {
  const expected = "--address=localhost:8000 --stop-after=5s --random-errors=false";
  for (
    const args of [
      ["-address", "localhost:8000", "-stop-after", "5s", "-random-errors=false"],
      ["--address=localhost:8000", "--stop-after=5s", "--random-errors=F"],
      ["-a=localhost:8000", "-s", "5s", "-r=0"],
      ["-a", "localhost:8000", "--stop", "5s", "--random-errors", "false"],
    ]
  ) assert.equal(normal(...args), expected, args.join(" "));
});

Deno.test("a boolean flag is true by itself, and takes true and false from the next argument alone", () => {
  assert.equal(normal("-r", "-a", "true"), "--random-errors=true --address=true");
  assert.equal(normal("-r", "true", "-log-d"), "--random-errors=true --log-date=true");
  assert.equal(normal("-r", "1"), "--random-errors=true -- 1");
  assert.throws(() => normal("-r=maybe"), /neither true nor false/);
});

Deno.test("what is unknown, ambiguous or lacks its value is refused; help is help; the rest follows --", () => {
  assert.throws(() => normal("-x"), /unknown flag -x: known are -address, /);
  assert.throws(() => normal("-log"), /-log could be -log-file, -log-date/);
  assert.throws(() => normal("-a"), /-a needs a value/);
  assert.equal(normal("-h"), "--help");
  assert.equal(normal("more", "-x"), "-- more -x");
});
