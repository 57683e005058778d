import type { Io } from "../../../src/cli/io.ts";

/** An {@link Io} that keeps what is written. */
export class CapturedIo implements Io {
  out = "";
  err = "";

  constructor(readonly isTerminal = false, readonly columns = 80, readonly color = false) {}

  stdout(text: string): void {
    this.out += text;
  }

  stderr(text: string): void {
    this.err += text;
  }

  /** Width of the longest line of the output. */
  get widest(): number {
    return Math.max(...this.out.split("\n").map((line) => [...line].length));
  }
}
