import type { Failure } from "./failure.ts";

/** Null when the reply is byte for byte what was expected, or when nothing was; otherwise the failure. */
export function matchReply(reply: Uint8Array, expected: Uint8Array | null): Failure | null {
  if (expected === null) return null;
  if (reply.length !== expected.length) {
    return { kind: "wrong_reply", detail: `${reply.length} bytes, expected ${expected.length}` };
  }
  const at = reply.findIndex((byte, index) => byte !== expected[index]);
  return at < 0 ? null : { kind: "wrong_reply", detail: `differs from byte ${at + 1} on` };
}
