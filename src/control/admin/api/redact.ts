import type { Config } from "../../../model/config.ts";

/** What stands in place of a secret. */
export const REDACTED = "[redacted]";

/** A config that may be shown: tokens, and values of header fields that probes send, are left out. */
export function redact({ admin, ...rest }: Config): unknown {
  const tokens = admin.tokens.map(({ token, ...one }) => ({
    ...one,
    ...(token === undefined ? {} : { token: REDACTED }),
  }));
  const token = admin.token === "" ? "" : REDACTED;
  return { admin: { ...admin, token, tokens }, ...withoutHeaders(rest) as object };
}

function withoutHeaders(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHeaders);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map((
      [key, inner],
    ) => [key, key === "headers" ? hidden(inner) : withoutHeaders(inner)]),
  );
}

function hidden(headers: unknown): unknown {
  if (typeof headers !== "object" || headers === null) return headers;
  return Object.fromEntries(Object.keys(headers).map((name) => [name, REDACTED]));
}
