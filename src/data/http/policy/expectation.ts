import { FieldId } from "../codec/field_id.ts";
import type { RequestHead } from "../codec/request_head.ts";

/** What a request expects before it sends its body. */
export type Expectation = "nothing" | "continue" | "unknown";

/**
 * Reads `Expect` (RFC 9110 section 10.1.1): `continue` when the client waits for a 100 before it sends its body,
 * `unknown` for anything that is to be answered with 417. HTTP/1.0 cannot expect, and without a body nothing is waited for.
 */
export function expectationOf(head: RequestHead): Expectation {
  if (head.minorVersion === 0 || (head.seen & (1 << FieldId.expect)) === 0) return "nothing";
  if (head.get("expect")?.toLowerCase() !== "100-continue") return "unknown";
  return head.framing === "none" || head.contentLength === 0 ? "nothing" : "continue";
}
