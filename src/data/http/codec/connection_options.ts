import { equalsLower } from "./equals_lower.ts";
import { FieldId, fieldIdOf, mayBeNominated } from "./field_id.ts";
import { type FieldLines, Line, LINE_STRIDE } from "./field_lines.ts";
import { latin1Bytes } from "./latin1.ts";

/** Bits of what a `Connection` field says (RFC 9110 section 7.6.1). */
export const ConnectionOption = { close: 1, keepAlive: 2, upgrade: 4 } as const;

const CLOSE = latin1Bytes("close");
const KEEP_ALIVE = latin1Bytes("keep-alive");

/**
 * Names that a `Connection` option cannot take out of a message. Those with an id are treated each in its own way;
 * the rest say what the content is, who sent the message on, or whether it may be stored, which is for all recipients.
 */
const NEVER_NOMINATED: ReadonlySet<string> = new Set([
  "cache-control",
  "content-encoding",
  "content-range",
  "content-type",
]);

/** What the `Connection` fields say. */
export interface ConnectionOptions {
  /** Bits of {@link ConnectionOption}. */
  readonly bits: number;
  /** Other options in lower case that are names of fields to remove, or null for none. */
  readonly nominated: ReadonlySet<string> | null;
}

const NOTHING: ConnectionOptions = { bits: 0, nominated: null };
const ONLY_CLOSE: ConnectionOptions = { bits: ConnectionOption.close, nominated: null };
const ONLY_KEEP_ALIVE: ConnectionOptions = { bits: ConnectionOption.keepAlive, nominated: null };

/** Reads all `Connection` fields of a section. */
export function connectionOptions(section: FieldLines): ConnectionOptions {
  const line = section.find(FieldId.connection);
  if (line < 0) return NOTHING;
  if ((section.repeated & (1 << FieldId.connection)) === 0) {
    const at = line * LINE_STRIDE;
    const start = section.start + section.lines[at + Line.valueStart]!;
    const end = section.start + section.lines[at + Line.valueEnd]!;
    if (equalsLower(section.bytes, start, end, KEEP_ALIVE)) return ONLY_KEEP_ALIVE;
    if (equalsLower(section.bytes, start, end, CLOSE)) return ONLY_CLOSE;
  }
  return readOptions(section.get("connection") ?? "");
}

function readOptions(value: string): ConnectionOptions {
  let bits = 0;
  const nominated = new Set<string>();
  for (const part of value.split(",")) {
    const option = part.trim().toLowerCase();
    if (option === "close") bits |= ConnectionOption.close;
    else if (option === "keep-alive") bits |= ConnectionOption.keepAlive;
    else if (option === "upgrade") bits |= ConnectionOption.upgrade;
    else if (isNominable(option)) nominated.add(option);
  }
  return { bits, nominated: nominated.size === 0 ? null : nominated };
}

function isNominable(option: string): boolean {
  if (option === "" || NEVER_NOMINATED.has(option)) return false;
  const bytes = latin1Bytes(option);
  return mayBeNominated(fieldIdOf(bytes, 0, bytes.length));
}
