import type { Clock } from "../../base/clock.ts";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import { Errno, Sock } from "./constants.ts";
import { encodeAddress, type EncodedAddress } from "./layout.ts";
import type { Libc } from "./libc.ts";
import { systemError } from "./system_error.ts";

/** How `connect`, asked again, says that the answer is still awaited. */
const UNDER_WAY: ReadonlySet<number> = new Set([Errno.EINPROGRESS, Errno.EALREADY, Errno.EINTR]);
/** First pause before the sockets are asked again, milliseconds; it doubles while none has an answer, ... */
const LEAST_PAUSE_MS = 1;
/** ... up to this. */
const MOST_PAUSE_MS = 16;

/** A connection that is being tried. */
interface Trial {
  readonly descriptor: number;
  readonly address: SocketAddress;
  readonly target: EncodedAddress;
  readonly outcome: PromiseWithResolvers<void>;
}

/** Encoded once: whoever asks again and again uses the same objects. */
const encoded = new WeakMap<SocketAddress, EncodedAddress>();

/**
 * Tries whether addresses accept connections, a thousand a second, for a thread with an event loop: three calls of the
 * kernel each, where a connection of the runtime's costs several times that. Nothing is told of a connection but that it
 * opened; then it is closed. It asks the sockets now and then instead of waiting in the kernel.
 */
export class ConnectChecker {
  readonly #trials = new Set<Trial>();
  #pauseMs = LEAST_PAUSE_MS;
  #cancelTimer: (() => void) | null = null;

  constructor(private readonly libc: Libc, private readonly clock: Pick<Clock, "timer">) {}

  /**
   * Resolves when the connection opened, rejects when it could not.
   * @param call its signal ends the trial, which rejects with the signal's reason then; asked for when there is to be waited.
   */
  async check(address: SocketAddress, call: { readonly signal: AbortSignal }): Promise<void> {
    const trial = this.#start(address);
    try {
      // One on this machine has answered by the time that the call returns, and says so when it is asked again.
      if (this.#isOpen(trial) || this.#isOpen(trial)) return;
      await this.#outcome(trial, call.signal);
    } finally {
      this.libc.call.close(trial.descriptor);
    }
  }

  async #outcome(trial: Trial, signal: AbortSignal): Promise<void> {
    const onAbort = (): void => trial.outcome.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#trials.add(trial);
    this.#pauseMs = LEAST_PAUSE_MS;
    this.#lookLater();
    try {
      await trial.outcome.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#trials.delete(trial);
    }
  }

  #start(address: SocketAddress): Trial {
    let target = encoded.get(address);
    if (target === undefined) encoded.set(address, target = encodeAddress(address));
    const descriptor = this.libc.call.socket(target.family, Sock.STREAM | Sock.NONBLOCK | Sock.CLOEXEC, 0);
    if (descriptor < 0) throw this.#error(address);
    return { descriptor, address, target, outcome: Promise.withResolvers() };
  }

  /** Whether it has opened. @throws {NetError} when it failed. */
  #isOpen({ descriptor, address, target }: Trial): boolean {
    if (this.libc.call.connect(descriptor, target.buffer.pointer, target.length) === 0) return true;
    const { errno } = this.libc;
    if (errno === Errno.EISCONN) return true;
    if (UNDER_WAY.has(errno)) return false;
    throw this.#error(address);
  }

  #error(address: SocketAddress): Error {
    return systemError(`connect to ${formatAddress(address)}`, this.libc.errno, "target");
  }

  #lookLater(): void {
    if (this.#cancelTimer !== null || this.#trials.size === 0) return;
    this.#cancelTimer = this.clock.timer(this.#pauseMs, () => {
      this.#cancelTimer = null;
      this.#pauseMs = Math.min(MOST_PAUSE_MS, 2 * this.#pauseMs);
      this.#look();
      this.#lookLater();
    });
  }

  #look(): void {
    for (const trial of this.#trials) {
      try {
        if (!this.#isOpen(trial)) continue;
        trial.outcome.resolve();
      } catch (error) {
        trial.outcome.reject(error);
      }
      this.#trials.delete(trial);
    }
  }
}
