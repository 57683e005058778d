import { type Command, Option } from "commander";
import { errorMessage } from "../base/errors.ts";
import { usageError } from "./test_options.ts";

/** `--escapes`, the same for every command that sends data. */
export function escapesOption(): Option {
  return new Option("--escapes", "reads \\r \\n \\t \\0 \\\\ and \\xNN in the texts given").default(false);
}

const ESCAPES: Readonly<Record<string, number>> = { r: 13, n: 10, t: 9, "0": 0, "\\": 92 };

/**
 * The bytes of a text: UTF-8, with backslash escapes read only where `escapes` is set.
 * @throws {RangeError} on an escape that does not exist.
 */
export function textToBytes(text: string, escapes: boolean): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (!escapes) return bytes;
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== ESCAPES["\\"]) {
      out.push(byte);
      continue;
    }
    const hex = /^x([0-9a-fA-F]{2})/.exec(ascii(bytes.subarray(at + 1, at + 4)))?.[1];
    const plain = ESCAPES[ascii(bytes.subarray(at + 1, at + 2))];
    const value = hex === undefined ? plain : parseInt(hex, 16);
    if (value === undefined) {
      throw new RangeError(`"${text}" has an unknown escape: known are \\r \\n \\t \\0 \\\\ and \\xNN`);
    }
    out.push(value);
    at += hex === undefined ? 1 : 3;
  }
  return new Uint8Array(out);
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/**
 * As {@link textToBytes} for a text from the command line: an unknown escape is wrong usage.
 * @throws {Error} commander's own.
 */
export function readText(command: Command, text: string, escapes: boolean): Uint8Array {
  try {
    return textToBytes(text, escapes);
  } catch (error) {
    return usageError(command, errorMessage(error));
  }
}
