import { SAME_SIGNAL_MS } from "../../src/base/limits.ts";
import { DEADLINE_MS, within } from "./within.ts";

/** How a program is started. */
export interface LaunchOptions {
  /** The program; Deno itself where it is missing. */
  readonly command?: string;
  readonly args: readonly string[];
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it gets nothing of our own environment. */
  readonly clearEnv?: boolean;
  readonly cwd?: string;
  /** Whether it is typed to, see {@link LaunchedProgram.type}. */
  readonly isTypedTo?: boolean;
}

/** How it ended and what it said. */
export interface ProgramResult {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long a program that is disposed of has between SIGTERM and SIGKILL. */
const GRACE_MS = 5_000;
/** Added to the time in which two signals are one. */
const SIGNAL_MARGIN_MS = 100;

/** A child process whose output is kept and can be waited for. */
export class LaunchedProgram implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #name: string;
  readonly #texts = { stdout: "", stderr: "" };
  readonly #ended: Promise<ProgramResult>;
  readonly #waiting = new Set<() => void>();
  readonly #input: WritableStreamDefaultWriter<Uint8Array> | null;
  #running = true;
  /** While it is not resolved, output stays in the pipes. */
  #reading: PromiseWithResolvers<void> = opened();

  constructor(options: LaunchOptions) {
    const command = options.command ?? Deno.execPath();
    this.#name = `${command} ${options.args.join(" ")}`;
    this.#child = new Deno.Command(command, {
      args: [...options.args],
      ...(options.env === undefined ? {} : { env: { ...options.env } }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      clearEnv: options.clearEnv ?? false,
      stdin: options.isTypedTo === true ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = options.isTypedTo === true ? this.#child.stdin.getWriter() : null;
    this.#ended = this.#end(this.#collect("stdout"), this.#collect("stderr"));
  }

  /** Process number. */
  get pid(): number {
    return this.#child.pid;
  }

  /** What it has written to standard output so far. */
  get stdout(): string {
    return this.#texts.stdout;
  }

  /** What it has written to standard error so far. */
  get stderr(): string {
    return this.#texts.stderr;
  }

  /**
   * Waits for a line of either output; lines that were there before count.
   * @param skip Lines that match and are passed over, to wait for the next of its kind.
   * @throws {Error} with all output, when the program ends or the deadline passes first.
   */
  async line(wanted: RegExp, deadlineMs: number = DEADLINE_MS, skip = 0): Promise<RegExpMatchArray> {
    const deadline = performance.now() + deadlineMs;
    for (;;) {
      const found = this.#find(wanted, skip);
      if (found !== null) return found;
      const left = deadline - performance.now();
      if (!this.#running || left <= 0) {
        const why = this.#running ? `within ${deadlineMs} ms` : "before it ended";
        throw new Error(`No line ${wanted} of \`${this.#name}\` ${why}:\n${this.stdout}\n${this.stderr}`);
      }
      await this.#more(left);
    }
  }

  /** Reads no more of its output, so that its pipes fill up; what is on its way already still arrives. */
  stopReading(): void {
    this.#reading = Promise.withResolvers();
  }

  /** Reads on. */
  goOnReading(): void {
    this.#reading.resolve();
  }

  /** Writes to its standard input. */
  async type(text: string): Promise<void> {
    await this.#input?.write(new TextEncoder().encode(text));
  }

  /** Sends a signal; harmless when the program has ended. */
  kill(signal: Deno.Signal = "SIGTERM"): void {
    if (!this.#running) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended, and nobody has told us yet.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /**
   * Sends a signal that the program, which has taken one of its kind by now, takes for a second one, and waits for its
   * end. On a busy machine it may take more than one.
   */
  async killAgain(signal: Deno.Signal, deadlineMs: number = DEADLINE_MS): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    while (this.#running && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, SAME_SIGNAL_MS + SIGNAL_MARGIN_MS));
      this.kill(signal);
      await Promise.race([this.#ended, new Promise((resolve) => setTimeout(resolve, SIGNAL_MARGIN_MS))]);
    }
  }

  /** Waits for its end. */
  result(deadlineMs: number = DEADLINE_MS): Promise<ProgramResult> {
    return within(`the end of \`${this.#name}\``, this.#ended, deadlineMs);
  }

  /** Ends it, by force if need be, and waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.goOnReading();
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), GRACE_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  #find(wanted: RegExp, skip: number): RegExpMatchArray | null {
    let left = skip;
    for (const text of [this.stdout, this.stderr]) {
      const complete = this.#running ? text.slice(0, text.lastIndexOf("\n") + 1) : text;
      for (const line of complete.split("\n")) {
        const match = line.match(wanted);
        if (match !== null && left-- === 0) return match;
      }
    }
    return null;
  }

  #more(leftMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, leftMs);
      this.#waiting.add(wake);
    });
  }

  async #collect(which: "stdout" | "stderr"): Promise<void> {
    const decoder = new TextDecoder();
    for await (const piece of this.#child[which]) {
      this.#texts[which] += decoder.decode(piece, { stream: true });
      this.#wake();
      await this.#reading.promise;
    }
  }

  async #end(...outputs: Promise<void>[]): Promise<ProgramResult> {
    const status = await this.#child.status;
    this.goOnReading();
    // The input may be gone with the program.
    await this.#input?.close().catch(() => {});
    await Promise.all(outputs);
    this.#running = false;
    this.#wake();
    return { code: status.code, signal: status.signal, ...this.#texts };
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

function opened(): PromiseWithResolvers<void> {
  const gate = Promise.withResolvers<void>();
  gate.resolve();
  return gate;
}
