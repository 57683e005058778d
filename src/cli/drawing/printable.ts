/** Control characters, marks without a width of their own, and everything that may be two columns wide. */
const AWKWARD = /[\p{C}\p{M}\p{Zl}\p{Zp}\u1100-\u{10FFFF}]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };

/**
 * Bytes as text of one line, cut to `columns`: UTF-8 as it is, all that would move the cursor, hide, or take more than
 * one column as an escape (`\n`, `\u{1F600}`), bytes that are no UTF-8 as `\xff`. So each character is one column, and
 * what a target sends cannot play with the terminal.
 */
export function printable(bytes: Uint8Array, columns: number): string {
  // More would be cut off anyway: a column takes four bytes at most.
  const part = bytes.subarray(0, columns * 4 + 4);
  return clip(decode(part, part.length < bytes.length), columns);
}

/** The same of text, uncut: what a client or a target has written, made harmless. */
export function printableText(text: string): string {
  return text.replace(AWKWARD, escape);
}

/** Cuts text whose characters are one column each, with `…` where something is missing. */
export function clip(text: string, columns: number): string {
  const characters = [...text];
  if (characters.length <= columns) return text;
  return columns < 1 ? "" : `${characters.slice(0, columns - 1).join("")}…`;
}

/** @param goesOn whether more bytes follow, so that an unfinished character at the end is no mistake. */
function decode(bytes: Uint8Array, goesOn: boolean): string {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return decoder.decode(bytes, { stream: goesOn }).replace(AWKWARD, escape);
  } catch {
    return [...bytes].map((byte) => byte < 0x80 ? ascii(byte) : `\\x${byte.toString(16)}`).join("");
  }
}

function ascii(byte: number): string {
  return String.fromCharCode(byte).replace(AWKWARD, escape);
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return SHORT[character] ??
    (code < 0x20 || code === 0x7f
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u{${code.toString(16).toUpperCase()}}`);
}
