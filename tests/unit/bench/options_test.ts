import assert from "node:assert/strict";
import { helpText, parseOptions } from "../../../bench/options.ts";
import { sampleSuite } from "./sample_suite.ts";

const suites = [sampleSuite];

Deno.test("without options everything is measured three times and kept", () => {
  const options = parseOptions([], suites);
  assert.equal(options.rounds, 3);
  assert.equal(options.quick, false);
  assert.equal(options.save, true);
  assert.equal(options.watched, false);
  assert.deepEqual([options.only, options.scenarios], [[], []]);
});

Deno.test("a quick run has one round unless more are asked for", () => {
  assert.equal(parseOptions(["--quick"], suites).rounds, 1);
  assert.equal(parseOptions(["--quick", "--rounds", "2"], suites).rounds, 2);
});

Deno.test("variants are measured where they are asked for", () => {
  const options = parseOptions(["--watched", "--before", "../old"], suites);
  assert.deepEqual([options.watched, options.before], [true, "../old"]);
});

Deno.test("names are taken from the suites", () => {
  const options = parseOptions(["--only", "new,old", "--scenarios=idle", "--no-save"], suites);
  assert.deepEqual(options.only, ["new", "old"]);
  assert.deepEqual(options.scenarios, ["idle"]);
  assert.equal(options.save, false);
});

for (
  const [args, message] of [
    [["--only", "newer"], /--only does not know "newer": known are old, new/],
    [["--scenarios", "sleep"], /--scenarios does not know "sleep": known are load, idle/],
    [["--rounds", "0"], /--rounds 0 is not a whole number from 1 to 100/],
    [["--rounds", "x"], /--rounds x is not a whole number/],
    [["--fast"], /--fast/],
    [["extra"], /extra/],
  ] as const
) {
  Deno.test(`refused: ${args.join(" ")}`, () => {
    assert.throws(() => parseOptions(args, suites), (error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("the help names what can be measured", () => {
  assert.match(helpText(suites), /--only A,B +these rivals alone: old, new\n/);
  assert.match(helpText(suites), /--scenarios A,B +these scenarios alone: load, idle\n/);
});
