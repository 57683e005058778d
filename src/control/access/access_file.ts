import process from "node:process";
import { errorMessage } from "../../base/errors.ts";
import { ACCESS_LIST_MAX_BYTES } from "../../base/limits.ts";
import type { FileResult } from "../files/file_store.ts";
import type { ReadTextFile } from "../files/read_text_file.ts";
import { type AddressRanges, readAddressRanges } from "./address_ranges.ts";

/** What a list of addresses holds. */
export interface AccessFile {
  /** Of its text. */
  readonly hash: string;
  readonly ranges: AddressRanges;
}

/** Lists by path. */
export type AccessFiles = ReadonlyMap<string, AccessFile>;

/** Lists that are remembered with the hash of their text, so that reading them again costs little. */
const MOST_REMEMBERED = 64;
/** Bad lines that are shown. */
const MOST_SHOWN = 3;

const remembered = new Map<string, { readonly hash: string; readonly result: FileResult<AccessFile> }>();

/** Reads a list of addresses. One bad line makes all of it unusable. */
export function readAccessFile(path: string, read: ReadTextFile): FileResult<AccessFile> {
  let text: string;
  try {
    text = read(path, ACCESS_LIST_MAX_BYTES);
  } catch (error) {
    return { ok: false, problems: [{ message: unreadable(path, error) }] };
  }
  const hash = hashOf(text);
  const known = remembered.get(path);
  const result = known?.hash === hash ? known.result : parsed(path, hash, text);
  remembered.delete(path);
  remembered.set(path, { hash, result });
  if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value ?? "");
  return result;
}

function parsed(path: string, hash: string, text: string): FileResult<AccessFile> {
  const { ranges, wrong, inexact } = readAddressRanges(text);
  if (wrong.length > 0) {
    const shown = wrong.slice(0, MOST_SHOWN).map(({ line, message }) => `${path}:${line}: ${message}`);
    const rest = wrong.length - shown.length;
    return { ok: false, problems: [{ message: shown.join("; ") + (rest > 0 ? `; and ${rest} more` : "") }] };
  }
  const [first] = inexact;
  const warnings = first === undefined ? [] : [{
    message: `${path}:${first}: bits after those that count are set, and count for nothing` +
      (inexact.length > 1 ? `; the same in ${inexact.length - 1} more` : ""),
  }];
  return { ok: true, value: { hash, ranges }, warnings };
}

function unreadable(path: string, error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return `${path} does not exist`;
  if (error instanceof Deno.errors.PermissionDenied) return `${path} may not be read`;
  return `Cannot read ${path}: ${errorMessage(error)}`;
}

function hashOf(text: string): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(text).digest("hex");
}
