import type { Io } from "../../../src/cli/io.ts";

/** An {@link Io} that keeps what is written. */
export class CapturedIo implements Io {
  readonly dropped = 0;
  out = "";
  err = "";
  isUnread = false;

  constructor(
    readonly isTerminal = false,
    readonly columns = 80,
    readonly color = false,
    readonly canRedraw = isTerminal,
    readonly rows = Infinity,
  ) {}

  stdout(text: string): void {
    this.out += text;
  }

  stderr(text: string): void {
    this.err += text;
  }

  defer(): void {}

  flush(): Promise<void> {
    return Promise.resolve();
  }

  /** Width of the longest line of the output. */
  get widest(): number {
    return Math.max(...this.out.split("\n").map((line) => [...line].length));
  }
}
