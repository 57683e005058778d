import assert from "node:assert/strict";
import { didYouMean } from "../../../../src/control/config/did_you_mean.ts";

const KEYS = ["name", "ports", "targets", "connect_timeout", "max_connections", "auto"];

Deno.test("didYouMean finds the word behind a typing mistake", () => {
  const cases: [string, string][] = [
    ["prots", "ports"],
    ["port", "ports"],
    ["Targets", "targets"],
    ["tagret", "targets"],
    ["connectTimeout", "connect_timeout"],
    ["connect-timeout", "connect_timeout"],
    ["conect_timeuot", "connect_timeout"],
    ["MAX_CONNECTIONS", "max_connections"],
    ["atuo", "auto"],
  ];
  for (const [word, meant] of cases) assert.equal(didYouMean(word, KEYS), meant, word);
});

Deno.test("didYouMean stays silent when nothing is near", () => {
  for (const word of ["", "x", "timeout", "weights", "servers", "a".repeat(100_000)]) {
    assert.equal(didYouMean(word, KEYS), undefined, word);
  }
  assert.equal(didYouMean("name", []), undefined);
});
