import type { Config } from "../../model/config.ts";

/** What stands in place of a secret. */
export const REDACTED = "[redacted]";

/**
 * Whether what stands there in a config is a secret: a token of the admin API, or the value of a header field that probes
 * send.
 * @param path keys from the root on; those of lists are their indices.
 */
export function isSecret(path: readonly string[]): boolean {
  return path[0] === "admin" && path.at(-1) === "token" || path.slice(0, -1).includes("headers");
}

/** A part of a config that may be shown. @param path where it stands. An empty text is no secret. */
export function redactAt(value: unknown, path: readonly string[]): unknown {
  if (isSecret(path)) return value === "" || value === undefined || value === null ? value : REDACTED;
  if (Array.isArray(value)) return value.map((item, index) => redactAt(item, [...path, String(index)]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, redactAt(inner, [...path, key])]),
  );
}

/** A config that may be shown. */
export function redact(config: Config): unknown {
  return redactAt(config, []);
}
