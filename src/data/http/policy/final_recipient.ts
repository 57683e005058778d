import type { ByteSink } from "../../byte_sink.ts";
import { latin1Bytes } from "../codec/latin1.ts";
import type { RequestHead } from "../codec/request_head.ts";
import { type AnswerTraits, writeWholeAnswer } from "./local_answer.ts";

/** Fields that TRACE must not show to whoever made the client send it (RFC 9110 section 9.3.8). */
const SECRET: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/**
 * Appends the answer to a TRACE or OPTIONS whose Max-Forwards is 0: this proxy is its final recipient (RFC 9110
 * section 7.6.2). TRACE gets its own head back without secrets, OPTIONS a 204.
 */
export function writeFinalAnswer(
  out: ByteSink,
  head: RequestHead,
  traits: AnswerTraits,
  wallTimeMs: number,
): void {
  if (head.method !== "TRACE") return writeWholeAnswer(out, 204, [], new Uint8Array(0), traits, wallTimeMs);
  const fields = head.entries().filter(([name]) => !SECRET.has(name.toLowerCase()));
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const body = latin1Bytes(`${head.slice(0, head.fieldsStart)}${lines}\r\n`);
  writeWholeAnswer(out, 200, [["Content-Type", "message/http"]], body, traits, wallTimeMs);
}
