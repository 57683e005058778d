import type { Environment } from "./environment.ts";

/** A key as W3C Baggage has it: a token of HTTP. */
const KEY = /^[!#$%&'*+\-.^_`|~\w]+$/;

/**
 * Reads `key=value,key=value` with values in percent-encoding, as of headers and resource attributes.
 * @returns nothing where any part is wrong, as the specification asks: half of it would be worse than none.
 */
export function readKeyValues(environment: Environment, name: string): Readonly<Record<string, string>> {
  const text = environment.text(name);
  if (text === undefined) return {};
  const pairs: Record<string, string> = {};
  for (const part of text.split(",")) {
    if (part.trim() === "") continue;
    const equals = part.indexOf("=");
    const key = part.slice(0, Math.max(0, equals)).trim();
    const value = decoded(part.slice(equals + 1).trim());
    if (!KEY.test(key) || value === null) {
      // The part is not shown: values of headers are secrets.
      environment.ignore(
        name,
        `it is not key=value,key=value with percent-encoded values: nothing of it is taken`,
      );
      return {};
    }
    pairs[key] = value;
  }
  return pairs;
}

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
