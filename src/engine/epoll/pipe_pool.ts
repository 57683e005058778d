import { Misc } from "./constants.ts";
import { DescriptorKind, type DescriptorLedger } from "./descriptor_ledger.ts";
import { type Libc, NativeBuffer } from "./libc.ts";

/** Wanted capacity of a pipe, bytes; the system may refuse it (man 7 pipe, "pipe-max-size", "pipe-user-pages-soft"). */
export const PIPE_BYTES = 1_048_576;
/** Capacities to try where the wanted one is refused. A pipe below these would cost more than copying. */
const SMALLER_PIPE_BYTES = [262_144, 65_536] as const;
/** Most empty pipes that are kept for the next user. */
export const MAX_SPARE_PIPES = 64;
/** Most pipes in use at once; whoever gets none copies through user space. */
export const MAX_PIPES = 1_024;

/** Requests that are turned down at once after the system gave no pipe: asking costs several calls. */
const REFUSALS_AT_ONCE = 256;

/** A pipe that `splice` moves bytes through. */
export class Pipe {
  /** Bytes in the pipe now. */
  held = 0;

  constructor(
    /** End to read from. */
    readonly readEnd: number,
    /** End to write to. */
    readonly writeEnd: number,
  ) {}
}

/** Pipes for `splice`, made on demand and used again. */
export class PipePool {
  readonly #libc: Libc;
  readonly #ledger: DescriptorLedger;
  readonly #ends = new NativeBuffer(8);
  readonly #spare: Pipe[] = [];
  #inUse = 0;
  /** Requests still to be turned down at once. */
  #refusals = 0;

  constructor(libc: Libc, ledger: DescriptorLedger) {
    this.#libc = libc;
    this.#ledger = ledger;
  }

  /** Pipes handed out. */
  get inUse(): number {
    return this.#inUse;
  }

  /** Empty pipes that are kept. */
  get spare(): number {
    return this.#spare.length;
  }

  /** An empty pipe, or null when {@link MAX_PIPES} are in use or the system gives none. Give it back by {@link release}. */
  take(): Pipe | null {
    if (this.#inUse >= MAX_PIPES) return null;
    const pipe = this.#spare.pop() ?? this.#tryOpen();
    if (pipe !== null) this.#inUse++;
    return pipe;
  }

  /** Takes a pipe back. One that still holds bytes is closed: they belong to somebody. */
  release(pipe: Pipe): void {
    this.#inUse--;
    if (pipe.held === 0 && this.#spare.length < MAX_SPARE_PIPES) this.#spare.push(pipe);
    else this.#close(pipe);
  }

  /** Closes the spare pipes. */
  clear(): void {
    for (const pipe of this.#spare.splice(0)) this.#close(pipe);
  }

  #tryOpen(): Pipe | null {
    if (this.#refusals > 0) {
      this.#refusals--;
      return null;
    }
    const pipe = this.#open();
    if (pipe === null) this.#refusals = REFUSALS_AT_ONCE;
    return pipe;
  }

  #open(): Pipe | null {
    const { call } = this.#libc;
    if (call.pipe2(this.#ends.pointer, Misc.O_NONBLOCK | Misc.O_CLOEXEC) < 0) return null;
    const [readEnd = -1, writeEnd = -1] = this.#ends.words;
    const pipe = new Pipe(readEnd, writeEnd);
    const isNoted = this.#ledger.note(readEnd, DescriptorKind.other) &&
      this.#ledger.note(writeEnd, DescriptorKind.other);
    if (!isNoted) {
      this.#close(pipe);
      return null;
    }
    for (const bytes of [PIPE_BYTES, ...SMALLER_PIPE_BYTES]) {
      if (call.fcntl(writeEnd, Misc.F_SETPIPE_SZ, bytes) >= 0) return pipe;
    }
    this.#close(pipe);
    return null;
  }

  #close(pipe: Pipe): void {
    for (const end of [pipe.readEnd, pipe.writeEnd]) {
      this.#ledger.erase(end);
      this.#libc.call.close(end);
    }
  }
}
