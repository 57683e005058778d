import type { Io } from "../io.ts";
import { FullScreen } from "./full_screen.ts";
import { readKeys } from "./keys.ts";
import { NamedKeys } from "./named_keys.ts";

/** What is shown over the whole screen, and what keys do with it. */
export interface ScreenContent {
  /** As many lines as the screen has, or fewer, none of them wider. */
  lines(columns: number, rows: number): readonly string[];
  /** Takes a key. What it asks for besides another look of the screen is given back. */
  press(key: string): "quit" | "redraw" | null;
}

/** Signals that end it as `q` does. */
const END_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** A command that has the whole screen until the user has seen enough: keys, sizes, signals, and the terminal given back. */
export class LiveScreen {
  readonly #screen: FullScreen;
  readonly #end = Promise.withResolvers<void>();

  constructor(io: Io, private readonly content: ScreenContent) {
    this.#screen = new FullScreen(io);
  }

  /** Shows what there is now. */
  draw(): void {
    const { columns, rows } = this.#screen;
    this.#screen.draw(this.content.lines(columns, rows));
  }

  /** Ends it with an error, which {@link run} throws. */
  fail(error: unknown): void {
    this.#end.reject(error);
  }

  /** Resolves when the user has seen enough. @param begin begins what is shown. @param end ends it. */
  async run(begin: () => void, end: () => void): Promise<void> {
    const keys = new NamedKeys((key) => this.#onKey(key));
    const release = readKeys({ onKey: (key) => keys.write(key), onHangUp: () => this.#end.resolve() });
    const signals = this.#listen();
    this.#screen.enter();
    this.draw();
    begin();
    try {
      await this.#end.promise;
    } finally {
      end();
      signals();
      keys.close();
      this.#screen.leave();
      release();
    }
  }

  #onKey(key: string): void {
    const effect = this.content.press(key);
    if (effect === "quit") return this.#end.resolve();
    if (effect === "redraw") this.#screen.clear();
    this.draw();
  }

  /** @returns what takes the handlers away. */
  #listen(): () => void {
    const end = (): void => this.#end.resolve();
    const resized = (): void => {
      this.#screen.clear();
      this.draw();
    };
    const suspend = (): void => {
      this.#screen.leave();
      Deno.kill(Deno.pid, "SIGSTOP");
    };
    const resume = (): void => {
      this.#screen.enter();
      this.draw();
    };
    const handlers: readonly (readonly [Deno.Signal, () => void])[] = [
      ...END_SIGNALS.map((signal) => [signal, end] as const),
      ["SIGWINCH", resized],
      ["SIGTSTP", suspend],
      ["SIGCONT", resume],
    ];
    for (const [signal, handler] of handlers) Deno.addSignalListener(signal, handler);
    return () => {
      for (const [signal, handler] of handlers) Deno.removeSignalListener(signal, handler);
    };
  }
}
