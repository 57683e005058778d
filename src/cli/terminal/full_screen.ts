import { Writable } from "node:stream";
import { createLogUpdate } from "log-update";
import type { Io } from "../io.ts";

/** To the terminal's other screen and back, where what stood there before stays (xterm, DECSET 1049). */
const ENTER = "\x1b[?1049h";
const LEAVE = "\x1b[?1049l";
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const CLEAR = "\x1b[H\x1b[2J";

/** Events before the end of the program, whatever it is that ends it. */
const ENDS = ["unload", "error", "unhandledrejection"] as const;

/**
 * The whole screen of a terminal, on which only lines that changed are written again. However the program ends, the terminal
 * is given back as it was, unless it is killed.
 */
export class FullScreen {
  #isEntered = false;
  #draw: ReturnType<typeof createLogUpdate>;

  constructor(private readonly io: Pick<Io, "stdout" | "columns" | "rows">) {
    this.#draw = this.#drawing();
  }

  /** Lines that fit. */
  get rows(): number {
    // The drawing's cursor rests below its last line.
    return Math.max(1, this.io.rows - 1);
  }

  /** Characters of a line that fit: a terminal may wrap once the last one is written. */
  get columns(): number {
    return Math.max(1, this.io.columns - 1);
  }

  /** Takes the screen. Twice is harmless. */
  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    for (const end of ENDS) globalThis.addEventListener(end, this.#onEnd);
    this.io.stdout(ENTER + HIDE_CURSOR);
    this.clear();
  }

  /** Gives it back. Twice is harmless. */
  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    for (const end of ENDS) globalThis.removeEventListener(end, this.#onEnd);
    this.io.stdout(SHOW_CURSOR + LEAVE);
  }

  /** Shows these lines, which fit. */
  draw(lines: readonly string[]): void {
    if (this.#isEntered) this.#draw(lines.join("\n"));
  }

  /** Nothing stands where it stood: the terminal has another size, or others wrote to it. */
  clear(): void {
    if (this.#isEntered) this.io.stdout(CLEAR);
    this.#draw = this.#drawing();
  }

  readonly #onEnd = (): void => this.leave();

  #drawing(): ReturnType<typeof createLogUpdate> {
    // Hiding the cursor is left to this class: the library would put handlers of its own on signals for it.
    return createLogUpdate(new TerminalStream(this.io) as unknown as NodeJS.WritableStream, {
      showCursor: true,
    });
  }
}

/** Standard output as the library wants it. */
class TerminalStream extends Writable {
  readonly isTTY = true;

  constructor(private readonly io: Pick<Io, "stdout" | "columns" | "rows">) {
    super({ decodeStrings: false });
  }

  get columns(): number {
    return this.io.columns;
  }

  get rows(): number {
    return this.io.rows;
  }

  override _write(text: string, _encoding: string, done: () => void): void {
    this.io.stdout(text);
    done();
  }
}
