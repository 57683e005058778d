import { FieldId } from "./field_id.ts";
import { latin1 } from "./latin1.ts";

/** Set in a line's id when it has to be written anew: white space before its colon, or a bare LF (responses only). */
export const REWRITE = 0x100;
/** Takes {@link REWRITE} out of a line's id. */
export const ID_MASK = 0xff;

/** Numbers a line in {@link FieldLines.lines}. */
export const LINE_STRIDE = 5;
/** Places of those numbers: four offsets from the section's start, and the id. */
export const Line = { nameStart: 0, nameEnd: 1, valueStart: 2, valueEnd: 3, id: 4 } as const;

const NO_BYTES = new Uint8Array(0);

/** Field lines, kept as offsets into the bytes that they came in. Strings are made only when somebody asks. */
export class FieldLines {
  /** What the lines lie in. */
  bytes: Uint8Array = NO_BYTES;
  /** Index in {@link bytes} that all offsets count from. */
  start = 0;
  /** Field lines. */
  count = 0;
  /**
   * {@link LINE_STRIDE} numbers a line; the first {@link count} lines count. A plain array, since the memory of a typed
   * one is taken from the system and given back for each connection, which costs more than all of its use.
   */
  readonly lines: number[] = [];
  /** Indices of the lines whose id is not `FieldId.other`, ascending; the first {@link knownCount} count. */
  readonly known: number[] = [];
  /** Length of {@link known}. */
  knownCount = 0;
  /** Bit set of the ids that occur. */
  seen = 0;
  /** Bit set of the ids that occur more than once. */
  repeated = 0;
  /** Offset of the first field line. */
  fieldsStart = 0;
  /** Offset of the empty line that ends the fields. */
  fieldsEnd = 0;

  /** Forgets all lines. */
  reset(): void {
    this.bytes = NO_BYTES;
    this.start = 0;
    this.count = 0;
    this.knownCount = 0;
    this.seen = 0;
    this.repeated = 0;
    this.fieldsStart = 0;
    this.fieldsEnd = 0;
  }

  /** Value of a line as a string, without the white space around it. */
  value(line: number): string {
    const at = line * LINE_STRIDE;
    return this.slice(this.lines[at + Line.valueStart]!, this.lines[at + Line.valueEnd]!);
  }

  /** Name of a line as it was written. */
  name(line: number): string {
    const at = line * LINE_STRIDE;
    return this.slice(this.lines[at + Line.nameStart]!, this.lines[at + Line.nameEnd]!);
  }

  /** Part of the bytes as a string, by offsets. */
  slice(from: number, to: number): string {
    return latin1(this.bytes, this.start + from, this.start + to);
  }

  /** Offset after a line's end. */
  lineEnd(line: number): number {
    return line + 1 < this.count ? this.lines[(line + 1) * LINE_STRIDE]! : this.fieldsEnd;
  }

  /** First line with the id (one of `FieldId`, not `other`), or -1. */
  find(id: number): number {
    if ((this.seen & (1 << id)) === 0) return -1;
    for (let at = 0; at < this.knownCount; at++) {
      const line = this.known[at]!;
      if ((this.lines[line * LINE_STRIDE + Line.id]! & ID_MASK) === id) return line;
    }
    return -1;
  }

  /**
   * Values of all lines of that name joined by `, ` (RFC 9110 section 5.3), or null where there is none.
   * @param name in lower case.
   */
  get(name: string): string | null {
    let combined: string | null = null;
    for (let line = 0; line < this.count; line++) {
      const at = line * LINE_STRIDE;
      if (this.lines[at + Line.nameEnd]! - this.lines[at]! !== name.length) continue;
      if (this.name(line).toLowerCase() !== name) continue;
      combined = combined === null ? this.value(line) : `${combined}, ${this.value(line)}`;
    }
    return combined;
  }

  /** All lines as name and value. */
  entries(): [name: string, value: string][] {
    return Array.from({ length: this.count }, (_, line) => [this.name(line), this.value(line)]);
  }

  /** Gives a line another id after the scan; `known` stays sorted. */
  protected mark(line: number, id: number): void {
    const at = line * LINE_STRIDE + Line.id;
    const before = this.lines[at]!;
    this.lines[at] = (before & REWRITE) | id;
    this.seen |= 1 << id;
    if (before !== FieldId.other) return;
    let place = this.knownCount++;
    while (place > 0 && this.known[place - 1]! > line) {
      this.known[place] = this.known[place - 1]!;
      place--;
    }
    this.known[place] = line;
  }

  /**
   * Adds a line.
   * @param id of its name, with {@link REWRITE} where that applies.
   */
  protected add(id: number, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const at = this.count * LINE_STRIDE;
    if (id !== FieldId.other) {
      const bit = (1 << (id & ID_MASK)) & ~1;
      this.repeated |= this.seen & bit;
      this.seen |= bit;
      this.known[this.knownCount++] = this.count;
    }
    const lines = this.lines;
    lines[at] = nameStart;
    lines[at + Line.nameEnd] = nameEnd;
    lines[at + Line.valueStart] = valueStart;
    lines[at + Line.valueEnd] = valueEnd;
    lines[at + Line.id] = id;
    this.count++;
  }
}
