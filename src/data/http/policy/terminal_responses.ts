/** Classes that end the search for an answer where nothing else is configured: everything but a server error. */
export const DEFAULT_TERMINAL_RESPONSES: readonly number[] = [100, 200, 300, 400];

const ENTRY = /^(\d{3})(?:-(\d{3}))?$/;
const LOWEST = 100;
const HIGHEST = 599;

/**
 * Which statuses of endpoints are usable answers. Entries are numbers or strings: 100, 200, 300, 400 and 500 stand for
 * the whole hundred (as in the tool that this mode comes from), any other code for itself, `"300-399"` for a range with
 * both ends. Exactly 200 is `"200-200"`. The class 100 concerns a 101 alone: other interim responses are no answers.
 */
export class TerminalResponses {
  readonly #usable = new Uint8Array(HIGHEST + 1);

  /** @throws {RangeError} at an entry that is none of these, or outside 100 to 599. */
  constructor(entries: readonly (number | string)[] = DEFAULT_TERMINAL_RESPONSES) {
    for (const entry of entries) {
      const [first, last] = rangeOf(entry);
      this.#usable.fill(1, first, last + 1);
    }
  }

  /** Whether a response of that status is to be given to the client. Above 599 it counts as a 500 (RFC 9110 section 15). */
  has(status: number): boolean {
    return this.#usable[status > HIGHEST ? 500 : status] === 1;
  }
}

function rangeOf(entry: number | string): [first: number, last: number] {
  const match = ENTRY.exec(String(entry).trim());
  const first = Number(match?.[1] ?? NaN);
  const isClass = match?.[2] === undefined && first % 100 === 0;
  const last = isClass ? first + 99 : Number(match?.[2] ?? first);
  if (!(first >= LOWEST && first <= last && last <= HIGHEST)) {
    throw new RangeError(
      `Bad terminal response: entry is ${JSON.stringify(entry)}, wanted a code or a range within 100 to 599`,
    );
  }
  return [first, last];
}
