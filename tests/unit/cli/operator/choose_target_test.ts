import assert from "node:assert/strict";
import { chooseTarget } from "../../../../src/cli/operator/operator_client.ts";

const KEYS = ["10.0.0.1:80", "10.0.0.1:8080", "http://api.example/v1", "https://api.test/"];

Deno.test("a target is named by its key, or by a beginning that no other has, with or without the scheme", () => {
  const choose = (beginning: string): string => chooseTarget("web", beginning, KEYS);
  // Whole, though another begins with it.
  assert.equal(choose("10.0.0.1:80"), "10.0.0.1:80");
  assert.equal(choose("10.0.0.1:808"), "10.0.0.1:8080");
  assert.equal(choose("https"), "https://api.test/");
  assert.equal(choose("api.e"), "http://api.example/v1");
  assert.throws(() => choose("api."), {
    message: "api. is the beginning of 2 targets of app web:\n  http://api.example/v1\n  https://api.test/",
  });
  assert.throws(() => choose("x"), { message: `app web has no target x; it has:\n  ${KEYS.join("\n  ")}` });
});
