import { isGone, parseMemory, parseProcessStat, processTree } from "./proc.ts";
import type { Memory, ProcessStat } from "./proc.ts";
import { within } from "./within.ts";

/** What of a program's error output is kept for messages, characters. */
const KEPT_ERROR_CHARS = 4_096;

/** How long a program may take to end when it is asked to. */
const STOP_TIMEOUT_MS = 2_000;

/** What is started. */
export interface ChildOptions {
  /** For messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Processor it is pinned to. */
  readonly core: number;
  readonly cwd?: string;
  /** Folder of its own, for its config and logs: removed when it has ended. */
  readonly folder?: string;
}

/** A running program on a processor of its own, seen with everything it starts. */
export class Child {
  readonly name: string;
  /** Resolves to the exit code when the program has ended. */
  readonly ended: Promise<number>;
  /** Everything it writes to standard output. */
  readonly output: Promise<string>;
  hasEnded = false;
  readonly #process: Deno.ChildProcess;
  readonly #firstLine = Promise.withResolvers<string>();
  #errors = "";

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#process = new Deno.Command("taskset", {
      args: ["-c", String(options.core), options.command, ...options.args],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.output = this.#collectOutput();
    const errors = this.#collectErrors();
    this.ended = Promise.all([this.#process.status, errors]).then(([status]) => {
      this.hasEnded = true;
      return status.code;
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The last of what it wrote to standard error, trimmed. */
  get errors(): string {
    return this.#errors.trim();
  }

  /** Processor time so far, of all its processes and threads, seconds. */
  cpuSeconds(): number {
    return processTree(this.pid).reduce((sum, pid) => sum + (statOf(pid)?.cpuSeconds ?? 0), 0);
  }

  /** Memory of all its processes now, summed up. */
  memory(): Memory {
    const parts = processTree(this.pid).map((pid) =>
      parseMemory(Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`))
    );
    return {
      pssBytes: parts.reduce((sum, { pssBytes }) => sum + pssBytes, 0),
      rssBytes: parts.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    };
  }

  /** Waits for its first whole line of output. @throws {Error} when it ends or the time passes first. */
  async firstLine(timeoutMs: number): Promise<string> {
    const gone = this.ended.then((code) => {
      throw new Error(`${this.name} ended with code ${code}: ${this.errors}`);
    });
    return await within(this.name, timeoutMs, Promise.race([this.#firstLine.promise, gone]));
  }

  /** Stops the clock for it: it takes no processor time until {@link Child.thaw}. */
  freeze(): void {
    signal(processTree(this.pid), "SIGSTOP");
  }

  /** Lets it run again. */
  thaw(): void {
    signal(processTree(this.pid), "SIGCONT");
  }

  /** Ends it with everything it started: politely, so that it can wait for its own children, then at once. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const tree = processTree(this.pid).map((pid) => ({ pid, startedAt: statOf(pid)?.startedAt }));
    signal([this.pid], "SIGTERM");
    this.thaw();
    await within(this.name, STOP_TIMEOUT_MS, this.ended).catch(() => this.name);
    // What is left has not ended in time, or was left behind. Its number may belong to somebody else by now.
    const left = tree.filter(({ pid, startedAt }) => startedAt === (statOf(pid)?.startedAt ?? NaN));
    signal(left.map(({ pid }) => pid), "SIGKILL");
    await this.ended;
  }

  async #collectOutput(): Promise<string> {
    let text = "";
    for await (const part of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes("\n")) this.#firstLine.resolve(text.slice(0, text.indexOf("\n")));
    }
    return text;
  }

  async #collectErrors(): Promise<void> {
    for await (const part of this.#process.stderr.pipeThrough(new TextDecoderStream())) {
      this.#errors = (this.#errors + part).slice(-KEPT_ERROR_CHARS);
    }
  }
}

function statOf(pid: number): ProcessStat | null {
  try {
    return parseProcessStat(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

function signal(pids: readonly number[], name: Deno.Signal): void {
  for (const pid of pids) {
    try {
      Deno.kill(pid, name);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}
