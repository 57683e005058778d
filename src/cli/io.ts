import { sleep, systemClock } from "../base/clock.ts";
import { errorMessage } from "../base/errors.ts";
import { standardStreams } from "../control/telemetry/outputs/standard_streams.ts";
import { DeferredOutput } from "./deferred_output.ts";

/** Where a command writes, and what the place can show. */
export interface Io {
  /** Writes text as it is; lines end with their own newline. */
  stdout(text: string): void;
  /** As {@link Io.stdout}, for what is not the result: errors, progress, logs. */
  stderr(text: string): void;
  /**
   * From now on {@link Io.stderr} holds nobody up: text waits for a slow reader, up to a limit; what exceeds it is dropped
   * and counted. {@link Io.flush} is then due before the process ends.
   * @param onResumed called when text is taken again, with the number of texts that are missing.
   */
  defer(onResumed: (dropped: number) => void): void;
  /** Texts dropped since the start. */
  readonly dropped: number;
  /** Resolves when no text waits any more, or after `deadlineMs`. */
  flush(deadlineMs: number): Promise<void>;
  /** Whether standard output takes colours. */
  readonly color: boolean;
  /** Width of standard output in characters. */
  readonly columns: number;
  /** Height of standard output in lines; infinite where it is no terminal. */
  readonly rows: number;
  /** Whether the reader of standard output is gone: what is written is dropped. */
  readonly isUnread: boolean;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Whether what stands on standard output can be drawn over: a terminal that moves its cursor. */
  readonly canRedraw: boolean;
}

/** What a command has to say cannot be written: a full disk, say. */
export class OutputError extends Error {
  override name = "OutputError";
}

/** Width where standard output is no terminal. */
const DEFAULT_COLUMNS = 80;
/** Height of a terminal that does not tell. */
const DEFAULT_ROWS = 24;

/**
 * The process's own standard streams. Colours need a terminal that is not `TERM=dumb`, and none of `NO_COLOR`
 * (https://no-color.org: any value that is not empty) and `--no-color` among the arguments. A dumb terminal, which shows
 * control sequences as text, gets none at all.
 *
 * Once the reader of a pipe is gone, what is written to it is dropped: a command ends by its own rules, not by EPIPE.
 */
export function processIo(args: readonly string[] = Deno.args): Io {
  const isTerminal = Deno.stdout.isTerminal();
  const isDumb = Deno.env.get("TERM") === "dumb";
  const plain = isDumb || (Deno.env.get("NO_COLOR") ?? "") !== "" || args.includes("--no-color");
  let deferred: DeferredOutput | null = null;
  let isUnread = false;
  return {
    stdout(text): void {
      isUnread = !writeAll(Deno.stdout, text);
    },
    stderr(text): void {
      if (deferred === null) writeAll(Deno.stderr, text);
      else deferred.write(text);
    },
    defer(onResumed): void {
      deferred = new DeferredOutput(standardStreams.stderr, onResumed);
    },
    get dropped(): number {
      return deferred?.dropped ?? 0;
    },
    async flush(deadlineMs): Promise<void> {
      await Promise.race([deferred?.flushed(), sleep(systemClock, deadlineMs)]);
    },
    color: isTerminal && !plain,
    get columns(): number {
      return isTerminal ? terminalSize().columns : DEFAULT_COLUMNS;
    },
    get rows(): number {
      return isTerminal ? terminalSize().rows : Infinity;
    },
    get isUnread(): boolean {
      return isUnread;
    },
    isTerminal,
    canRedraw: isTerminal && !isDumb,
  };
}

function terminalSize(): { readonly columns: number; readonly rows: number } {
  const { columns, rows } = Deno.consoleSize();
  // A pseudo-terminal whose size nobody set reports 0.
  return { columns: columns > 0 ? columns : DEFAULT_COLUMNS, rows: rows > 0 ? rows : DEFAULT_ROWS };
}

/** @returns false when the reader is gone. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): boolean {
  let rest: Uint8Array = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw new OutputError(`Cannot write the output: ${errorMessage(error)}`, { cause: error });
  }
}
