/** Control characters, halves of characters, what is invisible or turns text around, line separators, `"` and `\`. */
const DANGEROUS = /[\p{C}\p{Zl}\p{Zp}"\\]/gu;

/**
 * Text that others wrote, for a place between quotes on one line: what could end the line or the quotes, or play with a
 * terminal, becomes an escape (`\"`, `\\`, `\x0a`, `\u{202e}`). Everything else stays as it is.
 */
export function escapeText(text: string): string {
  return text.replace(DANGEROUS, (character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    return code < 0x80 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
  });
}
