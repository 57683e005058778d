import assert from "node:assert/strict";
import { Registry } from "../../../src/base/registry.ts";

const parts = [{ name: "one", value: 1 }, { name: "two", value: 2 }];

Deno.test("a registry gives its parts by name and in order", () => {
  const registry = new Registry("strategy", parts);
  assert.equal(registry.get("two").value, 2);
  assert.deepEqual(registry.names, ["one", "two"]);
  assert.deepEqual(registry.parts, parts);
});

Deno.test("an unknown name is an error that lists the known ones", () => {
  const registry = new Registry("strategy", parts);
  assert.throws(() => registry.get("three"), new RangeError('Unknown strategy "three": known are one, two'));
});

Deno.test("two parts of one name are refused", () => {
  const twice = [...parts, { name: "one", value: 3 }];
  assert.throws(() => new Registry("strategy", twice), TypeError);
});
