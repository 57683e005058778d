import { redactAt } from "../config/redact.ts";

/** What a longer value is, shows the config. */
const MAX_VALUE_CHARS = 4096;

/** An option that another config has another value for. */
export interface OptionChange {
  /** Where it stands, as `http.pool.max_idle`; items of lists by their number, targets by their key. */
  readonly path: string;
  /** As the config in force has it: milliseconds, bytes; null where there is none. Secrets are redacted, long values left out. */
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * The options in which two values differ. Objects are compared key by key, lists of the same length item by item.
 * @param path where they stand: in the config, or in an app of it.
 */
export function optionChanges(
  before: unknown,
  after: unknown,
  path: readonly string[] = [],
): OptionChange[] {
  if (before === after) return [];
  const keys = keysOfBoth(before, after);
  if (keys !== null) {
    return keys.flatMap((key) => optionChanges(valueOf(before, key), valueOf(after, key), [...path, key]));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path: path.join("."), before: shown(before, path), after: shown(after, path) }];
}

function shown(value: unknown, path: readonly string[]): unknown {
  const redacted = redactAt(value, path) ?? null;
  const { length } = JSON.stringify(redacted);
  return length > MAX_VALUE_CHARS ? `[${length} characters]` : redacted;
}

/** Null where the two are compared as a whole. */
function keysOfBoth(before: unknown, after: unknown): string[] | null {
  if (!isContainer(before) || !isContainer(after)) return null;
  const isList = Array.isArray(before);
  if (isList !== Array.isArray(after)) return null;
  if (isList && before.length !== (after as unknown[]).length) return null;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function valueOf(container: unknown, key: string): unknown {
  return (container as Readonly<Record<string, unknown>>)[key];
}
