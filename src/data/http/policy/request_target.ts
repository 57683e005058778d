import type { ByteSink } from "../../byte_sink.ts";
import { latin1Bytes } from "../codec/latin1.ts";
import type { RequestHead } from "../codec/request_head.ts";

const DOT = 0x2e;
const PERCENT = 0x25;
const QUESTION = 0x3f;
const ROOT = latin1Bytes("/");
const ASTERISK = latin1Bytes("*");
/** What some server takes for a slash. */
const SEPARATOR = /\/|\\|%2f|%5c/i;

/**
 * Appends the target for an endpoint: base path, then the client's path and query byte for byte. Nothing is decoded,
 * normalised or collapsed, since servers differ in what they make of it. An absolute target loses its authority (that is
 * in Host); `*` stays `*`, as it asks about the server and not about a path (RFC 9112 section 3.2.4).
 */
export function writeTarget(out: ByteSink, head: RequestHead, basePath: Uint8Array): void {
  const hasPath = head.pathStart < head.targetEnd && head.bytes[head.start + head.pathStart] !== QUESTION;
  const isServer = head.form === "absolute" && head.method === "OPTIONS" && head.pathStart === head.targetEnd;
  if (head.form === "asterisk" || isServer) return out.append(ASTERISK);
  out.append(basePath);
  if (!hasPath) out.append(ROOT);
  out.copy(head.bytes, head.start + head.pathStart, head.start + head.targetEnd);
}

/**
 * True when the path's dot segments lead above its root: behind a base path they would lead out of it (`/apis` and
 * `/../admin`). Escaped dots and everything that some server takes for a slash count, and a segment's `;parameters` do
 * not. Dot segments that stay inside are passed on as they are.
 */
export function climbsAboveRoot(head: RequestHead): boolean {
  const { bytes, start, pathStart, targetEnd } = head;
  let suspicious = false;
  for (let at = start + pathStart; at < start + targetEnd; at++) {
    const byte = bytes[at];
    if (byte === QUESTION) break;
    if (byte === DOT || byte === PERCENT) suspicious = true;
  }
  return suspicious && pathClimbs(head.slice(pathStart, targetEnd));
}

function pathClimbs(target: string): boolean {
  const path = target.split("?", 1)[0] ?? "";
  let depth = 0;
  for (const segment of path.split(SEPARATOR).slice(1)) {
    const name = segment.replaceAll(/%2e/gi, ".").split(/;|%3b/i, 1)[0];
    if (name === "..") depth--;
    else if (name !== "." && name !== "") depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** True when the target goes to the endpoint as it is, so that the start line around it can be copied too. */
export function isPlainTarget(head: RequestHead, basePath: Uint8Array): boolean {
  return basePath.length === 0 && head.form !== "absolute";
}
