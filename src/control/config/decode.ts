import { formatSize } from "../../base/size.ts";
import { type Diagnostic, placeless, toDiagnostics } from "./diagnostic.ts";
import { SourceText } from "./source_text.ts";

/** Largest config file. */
export const MAX_CONFIG_BYTES = 32 * 1024 * 1024;

/** A config that is no text or no YAML. */
export interface Undecoded {
  readonly ok: false;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * First stage: bytes to text. A byte-order mark is skipped.
 * @param file name for messages.
 */
export function decode(
  input: Uint8Array | string,
  file: string,
): { readonly ok: true; readonly source: SourceText } | Undecoded {
  const byteLength = typeof input === "string" ? utf8Length(input) : input.byteLength;
  if (byteLength > MAX_CONFIG_BYTES) {
    return {
      ok: false,
      diagnostics: [placeless("too_large", `${file} is larger than ${formatSize(MAX_CONFIG_BYTES)}`)],
    };
  }
  const text = typeof input === "string" ? input : decodeUtf8(input);
  if (text === undefined) return { ok: false, diagnostics: notUtf8(input as Uint8Array, file) };
  return { ok: true, source: new SourceText(file, text.startsWith("\u{feff}") ? text.slice(1) : text) };
}

/** Counts only when the number of UTF-16 units leaves it open. */
function utf8Length(text: string): number {
  return text.length * 3 <= MAX_CONFIG_BYTES ? text.length : new TextEncoder().encode(text).byteLength;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function notUtf8(bytes: Uint8Array, file: string): Diagnostic[] {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const text = new TextDecoder("utf-8").decode(bytes);
  // A replacement character that the file really contains may stand before the bad byte; the place is then too early.
  const at = Math.max(0, text.indexOf("\u{fffd}"));
  return toDiagnostics([{
    code: "not_utf8",
    message: "the file is not UTF-8 text",
    span: [at, at + 1],
    hints: [utf16 ? "it looks like UTF-16: save it as UTF-8" : "the first byte that is no UTF-8 is marked"],
  }], new SourceText(file, text));
}
