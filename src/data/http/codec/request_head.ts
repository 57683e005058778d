import { isAuthority } from "./authority.ts";
import { CR, LF, SP, TARGET, TOKEN } from "./chars.ts";
import type { CodecErrorCode } from "./codec_error.ts";
import { FieldId } from "./field_id.ts";
import { Line, LINE_STRIDE } from "./field_lines.ts";
import { STRICT } from "./field_section.ts";
import type { HttpLimits } from "./http_limits.ts";
import { MessageHead, VERSION_BYTES } from "./message_head.ts";
import { methodOf } from "./method.ts";

/** Form of a request target (RFC 9112 section 3.2). The authority form belongs to CONNECT, which is refused. */
export type TargetForm = "origin" | "absolute" | "asterisk";

const SLASH = 0x2f;
const QUESTION = 0x3f;
const ASTERISK = 0x2a;
const MAX_METHOD_BYTES = 32;
const SCHEMES: readonly string[] = ["http://", "https://"];

/** Head of a client's request. All offsets count from {@link MessageHead.start}. */
export class RequestHead extends MessageHead {
  /** Case-sensitive. */
  method = "";
  /** Offset after the method. */
  methodEnd = 0;
  /** Offsets of the request target as it was sent. */
  targetStart = 0;
  /** See {@link targetStart}. */
  targetEnd = 0;
  /** Form of the target. */
  form: TargetForm = "origin";
  /** Offset of the path and query: the target's own, or what follows the authority in the absolute form. */
  pathStart = 0;
  /**
   * Offsets of host and port that the request is for: the absolute target's where it has one (RFC 9112 section 3.2.2),
   * else the Host field's; equal when an HTTP/1.0 client named none.
   */
  authorityStart = 0;
  /** See {@link authorityStart}. */
  authorityEnd = 0;

  constructor(limits: HttpLimits) {
    super(limits, STRICT);
  }

  override reset(): void {
    super.reset();
    this.method = "";
    this.methodEnd = 0;
    this.targetStart = 0;
    this.targetEnd = 0;
    this.form = "origin";
    this.pathStart = 0;
    this.authorityStart = 0;
    this.authorityEnd = 0;
  }

  /** The request target as it was sent. */
  get target(): string {
    return this.slice(this.targetStart, this.targetEnd);
  }

  /** Host and port that the request is for, or an empty string. */
  get authority(): string {
    return this.slice(this.authorityStart, this.authorityEnd);
  }

  /**
   * Scans on from where the last call stopped.
   * @param to end of the bytes, as `open` gave it.
   * @returns index after the head, or `NEED_MORE`, or `FAILED`.
   */
  scan(to: number): number {
    if (this.fieldsStart === 0) {
      const next = this.#scanRequestLine(to);
      if (next < 0) return next;
      this.fieldsStart = next - this.start;
      this.scanned = this.fieldsStart;
    }
    const next = this.scanFields(to);
    if (next < 0) return next;
    const error = this.#settle();
    return error === null ? next : this.fail(error);
  }

  #scanRequestLine(to: number): number {
    if (!this.lineArrived) return this.startLineIncomplete(to);
    const bytes = this.bytes;
    const start = this.start;
    let at = start;
    while (at < to && TOKEN[bytes[at]!] === 1) at++;
    if (at === to) return this.startLineIncomplete(to);
    // The first byte is judged at once: a TLS hello may hold no LF to wait for.
    if (at === start) return this.fail("bad_start");
    if (bytes[at] !== SP) return this.startLineFailed("bad_method", at, to);
    const methodEnd = at;
    const targetStart = ++at;
    while (at < to && TARGET[bytes[at]!] === 1) at++;
    if (at === to) return this.startLineIncomplete(to);
    if (bytes[at] !== SP || at === targetStart) return this.startLineFailed("bad_target", at, to);
    const targetEnd = at++;
    const badVersion = to - at < VERSION_BYTES ? "bad_version" : this.readVersion(at);
    if (badVersion !== null) return this.startLineFailed(badVersion, at, to);
    at += VERSION_BYTES;
    if (to - at < 2 || bytes[at] !== CR || bytes[at + 1] !== LF) {
      return this.startLineFailed("bad_version", at, to);
    }
    at += 2;
    if (at - start > this.maxStartLineBytes) return this.fail("uri_too_long");
    this.method = methodOf(bytes, start, methodEnd);
    this.methodEnd = methodEnd - start;
    this.targetStart = targetStart - start;
    this.targetEnd = targetEnd - start;
    const error = this.#readTarget();
    return error === null ? at : this.fail(error);
  }

  #readTarget(): CodecErrorCode | null {
    if (this.methodEnd > MAX_METHOD_BYTES) return "unknown_method";
    if (this.method === "CONNECT") return "connect_refused";
    const first = this.bytes[this.start + this.targetStart];
    this.pathStart = this.targetStart;
    if (first === SLASH) return null;
    if (first === ASTERISK && this.targetEnd - this.targetStart === 1) {
      this.form = "asterisk";
      return this.method === "OPTIONS" ? null : "bad_target_form";
    }
    return this.#readAbsoluteTarget();
  }

  #readAbsoluteTarget(): CodecErrorCode | null {
    const target = this.target;
    const scheme = SCHEMES.find((known) => target.slice(0, known.length).toLowerCase() === known);
    if (scheme === undefined) return "bad_target_form";
    this.form = "absolute";
    const bytes = this.bytes;
    const start = this.start + this.targetStart + scheme.length;
    const end = this.start + this.targetEnd;
    let at = start;
    while (at < end && bytes[at] !== SLASH && bytes[at] !== QUESTION) at++;
    if (!isAuthority(bytes, start, at)) return "bad_authority";
    this.authorityStart = start - this.start;
    this.authorityEnd = at - this.start;
    this.pathStart = this.authorityEnd;
    return null;
  }

  #settle(): CodecErrorCode | null {
    const error = this.#readHost();
    if (error !== null) return error;
    this.readConnection();
    return this.readFraming();
  }

  #readHost(): CodecErrorCode | null {
    const line = this.find(FieldId.host);
    if (line < 0) return this.minorVersion === 0 ? null : "missing_host";
    if ((this.repeated & (1 << FieldId.host)) !== 0) return "duplicate_host";
    const at = line * LINE_STRIDE;
    const valueStart = this.lines[at + Line.valueStart]!;
    const valueEnd = this.lines[at + Line.valueEnd]!;
    if (!isAuthority(this.bytes, this.start + valueStart, this.start + valueEnd)) return "bad_host";
    if (this.form !== "absolute") {
      this.authorityStart = valueStart;
      this.authorityEnd = valueEnd;
    }
    return null;
  }
}
