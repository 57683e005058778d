import assert from "node:assert/strict";
import { matchReply } from "../../../src/tools/match_reply.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("the same bytes match, and anything does where nothing is expected", () => {
  assert.equal(matchReply(bytes("abc"), bytes("abc")), null);
  assert.equal(matchReply(bytes("abc"), null), null);
  assert.equal(matchReply(bytes(""), bytes("")), null);
});

Deno.test("a mismatch tells what differs", () => {
  assert.deepEqual(matchReply(bytes("ab"), bytes("abc")), {
    kind: "wrong_reply",
    detail: "2 bytes, expected 3",
  });
  assert.deepEqual(matchReply(bytes("abd"), bytes("abc")), {
    kind: "wrong_reply",
    detail: "differs from byte 3 on",
  });
});
