import type { Clock } from "../base/clock.ts";

/** Of what a program says on standard error, the end is told when it fails. */
const MOST_TOLD_CHARS = 500;
/** Time for its last words to arrive. */
const LAST_WORDS_MS = 1_000;

/** Ends a program by SIGKILL; harmless when it has ended. */
export function killChild(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** The end of what a program says. What it started itself may hold the stream for ever, so its end is not waited for. */
export class LastWords {
  #text = "";
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #reading: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.#reading = this.#read().catch(() => {});
  }

  /** `: WORDS`, or nothing where it said none. */
  async take(clock: Clock): Promise<string> {
    const late = Promise.withResolvers<void>();
    const cancel = clock.timer(LAST_WORDS_MS, late.resolve);
    await Promise.race([this.#reading, late.promise]);
    cancel();
    await this.#reader.cancel().catch(() => {});
    const text = this.#text.trim().replaceAll(/\s+/g, " ");
    return text === "" ? "" : `: ${text}`;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      this.#text = (this.#text + decoder.decode(value, { stream: true })).slice(-MOST_TOLD_CHARS);
    }
  }
}
