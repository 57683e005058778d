import type { Problem } from "./diagnostic.ts";
import type { Span } from "./source_text.ts";

interface Piece {
  /** Offsets at which the piece begins in the part and in the whole. */
  readonly at: number;
  readonly from: number;
}

/** A text that holds some pieces of another, in order; places in it are places in the other. */
export class PartialText {
  readonly text: string;
  /** Where each piece stands in {@link text}. */
  readonly spans: readonly Span[];
  readonly #pieces: readonly Piece[];

  /**
   * @param whole the text that pieces are taken from.
   * @param pieces where they stand there.
   * @param separator put between pieces, except after the first and before the last.
   */
  constructor(whole: string, pieces: readonly Span[], separator: string) {
    let text = "";
    const spans: Span[] = [];
    for (const [index, [from, to]] of pieces.entries()) {
      if (index > 1 && index < pieces.length - 1) text += separator;
      spans.push([text.length, text.length + to - from]);
      text += whole.slice(from, to);
    }
    this.text = text;
    this.spans = spans;
    this.#pieces = spans.map(([at], index) => ({ at, from: pieces[index]?.[0] ?? 0 }));
  }

  /** A problem of this text, as one of the whole. */
  inWhole(problem: Problem): Problem {
    const related = problem.related?.map((one) => ({ ...one, span: this.#spanInWhole(one.span) }));
    return {
      ...problem,
      span: this.#spanInWhole(problem.span),
      ...(related === undefined ? {} : { related }),
    };
  }

  #spanInWhole([start, end]: Span): Span {
    const { at, from } = this.#pieces.findLast((piece) => piece.at <= start) ?? { at: 0, from: 0 };
    return [start - at + from, end - at + from];
  }
}
