import { CR, HEX, HTAB, LF, SEMICOLON, SP } from "./chars.ts";
import type { CodecErrorCode } from "./codec_error.ts";
import { FAILED, NEED_MORE } from "./field_section.ts";

/** More digits than this, leading zeros included, are nobody's honest way to write a size. */
const MAX_DIGITS = 16;
const LINE_BYTES = MAX_DIGITS + 2;
const DIGITS = "0123456789abcdef";
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = '"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
/** chunk-ext of RFC 9112 section 7.1.1. */
const EXTENSIONS = new RegExp(`^(?:[ \\t]*;[ \\t]*${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|${QUOTED}))?)+$`);

const Part = { digits: 0, extension: 1, lineFeed: 2 } as const;

/** Reads the line before a chunk, byte by byte where it came in pieces. Extensions are checked and forgotten. */
export class ChunkSizeReader {
  /** The size, once the line is complete. */
  size = 0;
  /** The line came in one piece, is written as {@link writeLine} writes it and has no extension. */
  plain = true;
  /** What went wrong, after `FAILED`. */
  errorCode: CodecErrorCode = "bad_chunk_size";
  /** Where {@link writeLine} writes. */
  readonly line = new Uint8Array(LINE_BYTES);

  readonly #maxExtensionBytes: number;
  #part: number = Part.digits;
  #digits = 0;
  #begun = false;
  #extension = "";
  #extensionBytes = 0;

  /** @param maxExtensionBytes for all chunks of one message together. */
  constructor(maxExtensionBytes: number) {
    this.#maxExtensionBytes = maxExtensionBytes;
  }

  /** Begins the first chunk of a message. */
  beginMessage(): void {
    this.#extensionBytes = 0;
    this.begin();
  }

  /** Begins the next chunk. */
  begin(): void {
    this.size = 0;
    this.plain = true;
    this.#part = Part.digits;
    this.#digits = 0;
    this.#begun = false;
    this.#extension = "";
  }

  /** @returns index after the line, `NEED_MORE` when all bytes were taken, or `FAILED`. */
  scan(bytes: Uint8Array, at: number): number {
    if (this.#begun) this.plain = false;
    this.#begun = true;
    if (this.#part === Part.digits) at = this.#scanDigits(bytes, at);
    if (this.#part === Part.extension && at >= 0) at = this.#scanExtension(bytes, at);
    if (this.#part !== Part.lineFeed || at < 0) return at;
    if (at === bytes.length) return NEED_MORE;
    if (bytes[at] !== LF) {
      return this.#fail(this.#extension === "" ? "bad_chunk_size" : "bad_chunk_extension");
    }
    if (this.#extension !== "" && !EXTENSIONS.test(this.#extension)) return this.#fail("bad_chunk_extension");
    return at + 1;
  }

  /** Writes the size and CRLF to {@link line}; returns their length. */
  writeLine(): number {
    let digits = 1;
    for (let rest = this.size; rest >= 16; rest = Math.floor(rest / 16)) digits++;
    let rest = this.size;
    for (let at = digits - 1; at >= 0; at--) {
      this.line[at] = DIGITS.charCodeAt(rest % 16);
      rest = Math.floor(rest / 16);
    }
    this.line[digits] = CR;
    this.line[digits + 1] = LF;
    return digits + 2;
  }

  #scanDigits(bytes: Uint8Array, at: number): number {
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      const digit = HEX[byte]!;
      if (digit < 0) return this.#digitsEnd(byte, at);
      // Upper case and leading zeros are right, but not how the line is written again.
      if (digit >= 10 ? byte < 0x61 : digit === 0 && this.#digits === 0) this.plain = false;
      this.size = this.size * 16 + digit;
      if (++this.#digits > MAX_DIGITS || this.size > Number.MAX_SAFE_INTEGER) {
        return this.#fail("chunk_too_large");
      }
    }
    return NEED_MORE;
  }

  #digitsEnd(byte: number, at: number): number {
    if (this.#digits === 0) return this.#fail("bad_chunk_size");
    if (byte === CR) {
      this.#part = Part.lineFeed;
      return at + 1;
    }
    if (byte !== SEMICOLON && byte !== SP && byte !== HTAB) return this.#fail("bad_chunk_size");
    this.#part = Part.extension;
    this.plain = false;
    return at;
  }

  #scanExtension(bytes: Uint8Array, at: number): number {
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === CR) {
        this.#part = Part.lineFeed;
        return at + 1;
      }
      if ((byte < SP && byte !== HTAB) || byte === 0x7f) return this.#fail("bad_chunk_extension");
      if (++this.#extensionBytes > this.#maxExtensionBytes) return this.#fail("chunk_extension_too_long");
      this.#extension += String.fromCharCode(byte);
    }
    return NEED_MORE;
  }

  #fail(code: CodecErrorCode): number {
    this.errorCode = code;
    return FAILED;
  }
}
