import { encodeName } from "./name.ts";
import { CLASS_IN } from "./record_type.ts";

/** What is asked for. */
export interface Question {
  /** In lower case, without a dot at its end. */
  readonly name: string;
  readonly type: number;
}

/** Recursion desired (RFC 1035 section 4.1.1). */
const RECURSE = 0x01;

/**
 * A query of one question that asks for recursion. It has no EDNS (RFC 6891): what does not fit in 512 bytes is asked
 * for again over TCP, which every server can, while some answer EDNS with an error.
 * @param id 0 to 65535, hard to guess.
 * @throws {WireError} when the name cannot be asked for.
 */
export function encodeQuery(id: number, question: Question): Uint8Array {
  const name = encodeName(question.name);
  const { type } = question;
  return Uint8Array.from([
    ...[id >>> 8, id & 0xff, RECURSE, 0, 0, 1, 0, 0, 0, 0, 0, 0],
    ...name,
    ...[type >>> 8, type & 0xff, 0, CLASS_IN],
  ]);
}
