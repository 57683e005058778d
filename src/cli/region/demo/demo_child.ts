import { systemClock } from "../../../base/clock.ts";

/** Characters of its output that are kept to be looked at. */
const KEPT = 65_536;
/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 8_000;

/** How a child ended. */
export interface ChildEnd {
  readonly code: number;
  readonly signal: Deno.Signal | null;
}

/** A program of a demonstration. What it says goes to a file. */
export class DemoChild {
  readonly pid: number;
  /** Resolves when it has ended and all that it said is in its file. */
  readonly ended: Promise<ChildEnd>;
  readonly #child: Deno.ChildProcess;
  readonly #waiting = new Set<() => void>();
  #text = "";
  #isOver = false;

  /** @param log path of the file for its output. @throws {Deno.errors.NotFound} when there is no such program. */
  constructor(readonly name: string, [program = "", ...args]: readonly string[], log: string) {
    this.#child = new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "piped" })
      .spawn();
    this.pid = this.#child.pid;
    this.ended = this.#follow(log);
  }

  /** The end of what it said. */
  get lastLine(): string {
    return this.#text.trimEnd().split("\n").at(-1) ?? "";
  }

  /** Waits until it says something. @throws {Error} when it ends, or too much time passes, before that. */
  async says(pattern: RegExp, deadlineMs: number): Promise<void> {
    let isLate = false;
    const cancel = systemClock.timer(deadlineMs, () => {
      isLate = true;
      this.#wake();
    });
    try {
      while (!pattern.test(this.#text)) {
        if (this.#isOver) throw new Error(`${this.name} ended: ${this.lastLine}`);
        if (isLate) {
          throw new Error(`${this.name} is not ready after ${deadlineMs / 1_000} s: ${this.lastLine}`);
        }
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    } finally {
      cancel();
    }
  }

  /** Ends it, by force if need be. */
  async end(): Promise<void> {
    this.#kill("SIGTERM");
    const cancel = systemClock.timer(GRACE_MS, () => this.#kill("SIGKILL"));
    await this.ended;
    cancel();
  }

  async #follow(log: string): Promise<ChildEnd> {
    using file = await Deno.open(log, { append: true, create: true });
    await Promise.all([this.#keep(this.#child.stdout, file), this.#keep(this.#child.stderr, file)]);
    const { code, signal } = await this.#child.status;
    this.#isOver = true;
    this.#wake();
    return { code, signal };
  }

  async #keep(stream: ReadableStream<Uint8Array>, file: Deno.FsFile): Promise<void> {
    const decoder = new TextDecoder();
    for await (const piece of stream) {
      this.#text = `${this.#text}${decoder.decode(piece, { stream: true })}`.slice(-KEPT);
      this.#wake();
      for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #kill(signal: Deno.Signal): void {
    try {
      if (!this.#isOver) this.#child.kill(signal);
    } catch (error) {
      // It has ended, and nobody has told us yet.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
