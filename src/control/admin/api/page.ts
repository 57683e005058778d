import { Buffer } from "node:buffer";
import * as z from "zod";
import { ApiProblem } from "./problem.ts";

const MAX_LIMIT = 1000;
/** Entries of a page where the client does not say. */
export const DEFAULT_LIMIT = 100;

/** What every list takes in its query. */
export const pageQuery = z.strictObject({
  limit: z.string().regex(/^\d{1,4}$/, { error: `must be 1 to ${MAX_LIMIT}` }).transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_LIMIT, { error: `must be 1 to ${MAX_LIMIT}` })
    .optional().describe(`Most entries of the answer, 1 to ${MAX_LIMIT}; ${DEFAULT_LIMIT} unless given.`),
  cursor: z.string().max(8192).optional().describe("`next_cursor` of the page before."),
});

/** What every list has besides its entries. */
export const pageFacts = {
  total: z.int().describe("Entries that the filters leave, on all pages."),
  next_cursor: z.string().nullable().describe("For the next page, null on the last."),
};

/** One page of a list. */
export interface Page<T> {
  readonly entries: T[];
  readonly total: number;
  readonly next_cursor: string | null;
}

/**
 * Cuts a page out of a list. A page begins behind the last entry of the one before, whatever has come or gone since.
 * @param keyOf sorts the list: different for each entry, and always the same for one.
 */
export function pageOf<T>(
  all: readonly T[],
  { limit = DEFAULT_LIMIT, cursor }: z.output<typeof pageQuery>,
  keyOf: (entry: T) => string,
): Page<T> {
  const keyed = all.map((entry) => ({ key: keyOf(entry), entry }))
    .sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  const after = cursor === undefined ? null : decode(cursor);
  const start = after === null ? 0 : keyed.findIndex(({ key }) => key > after);
  const page = start < 0 ? [] : keyed.slice(start, start + limit);
  const isLast = start < 0 || start + limit >= keyed.length;
  return {
    entries: page.map(({ entry }) => entry),
    total: all.length,
    next_cursor: isLast ? null : Buffer.from(page.at(-1)?.key ?? "").toString("base64url"),
  };
}

/** A filter that is written as `true` or `false`. */
export const flagFilter = z.enum(["true", "false"]).transform((text) => text === "true").optional();

function decode(cursor: string): string {
  if (!/^[\w-]+$/.test(cursor)) {
    throw new ApiProblem("invalid", {
      detail: `"${cursor}" is no cursor`,
      errors: [{ path: "cursor", message: "must be next_cursor of the page before" }],
    });
  }
  return Buffer.from(cursor, "base64url").toString();
}
