import { type Clock, systemClock } from "../base/clock.ts";
import type { SocketAddress } from "../model/address.ts";
import type { HostPort } from "../model/host_port.ts";
import { type Failure, type FailureKind, failureOfError } from "./failure.ts";

/** What an exchange runs on. */
export type Connection = Deno.TcpConn | Deno.TlsConn | Deno.UnixConn;

/** One request on a connection of its own. */
export interface ExchangeOptions {
  readonly target: HostPort;
  readonly data: Uint8Array;
  /** Opens the connection in another way than by TCP to the target; it may be left pending when the signal says so. */
  readonly connect?: (signal: AbortSignal) => Promise<Connection>;
  /** What ends the reply. */
  readonly until: ReplyEnd;
  /** For dial, write and read together, milliseconds. */
  readonly timeoutMs: number;
  /** Gives up at once; the failure is then `interrupted`. */
  readonly signal?: AbortSignal;
  /** Source of time; the machine's own unless given. */
  readonly clock?: Clock;
}

/**
 * When a reply is complete: after `bytes` bytes; or at the target's FIN, or once nothing came for `quietMs` after at
 * least one byte. With `halfClose` our own FIN follows the data, which asks most servers for theirs.
 */
export type ReplyEnd =
  | { readonly bytes: number }
  | { readonly quietMs: number; readonly halfClose: boolean };

/** How one request went. */
export interface ExchangeResult {
  /** The address that was connected to, null where none was. */
  readonly remote: SocketAddress | null;
  /** What came, whole or not; it may exceed the bytes that were waited for. */
  readonly reply: Uint8Array;
  readonly times: ExchangeTimes;
  /** Null when the reply was complete. */
  readonly failure: Failure | null;
}

/** Milliseconds of each part of a request; null where it was not reached. */
export interface ExchangeTimes {
  /** Until the connection was open, look-up of the name included. */
  readonly dialMs: number | null;
  /** From there until the system had taken all data. */
  readonly writeMs: number | null;
  /** From there to the last byte of the reply; 0 where the reply was complete before. */
  readonly readMs: number | null;
  /** From the start to the last byte of the reply. */
  readonly responseMs: number | null;
}

/** Largest reply that is kept, bytes; what follows is counted as an end. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 64 * 1024;

/** Connects, sends, and waits for the reply. Never throws: every trouble is a failure of the result. */
export async function exchange(options: ExchangeOptions): Promise<ExchangeResult> {
  const run = new Exchange(options);
  return await run.result();
}

class Exchange {
  readonly #options: ExchangeOptions;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #startedAt: number;
  readonly #chunks: Uint8Array[] = [];
  #received = 0;
  #remote: SocketAddress | null = null;
  #openAt: number | null = null;
  #writtenAt: number | null = null;
  #repliedAt: number | null = null;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#startedAt = this.#clock.now();
  }

  async result(): Promise<ExchangeResult> {
    const { timeoutMs, signal } = this.#options;
    const interrupt = (): void => this.#stop.abort("interrupted" satisfies FailureKind);
    const cancelTimer = this.#clock.timer(timeoutMs, () => this.#stop.abort(this.#overdue()));
    signal?.addEventListener("abort", interrupt);
    if (signal?.aborted === true) interrupt();
    let failure: Failure | null = null;
    try {
      failure = await this.#run();
    } catch (error) {
      failure = this.#stop.signal.aborted ? this.#stopped() : failureOfError(error);
    } finally {
      cancelTimer();
      signal?.removeEventListener("abort", interrupt);
    }
    return { remote: this.#remote, reply: this.#reply(), times: this.#times(), failure };
  }

  async #run(): Promise<Failure | null> {
    const { target, connect } = this.#options;
    const stop = this.#stop.signal;
    const connection: Connection = connect === undefined
      ? await Deno.connect({ hostname: target.host, port: target.port, signal: stop })
      : await connect(stop);
    this.#openAt = this.#clock.now();
    const { remoteAddr } = connection;
    if ("hostname" in remoteAddr) this.#remote = { ip: remoteAddr.hostname, port: remoteAddr.port };
    let open = true;
    const close = (): void => {
      if (open) connection.close();
      open = false;
    };
    stop.addEventListener("abort", close);
    // Both at once: a target that echoes while it reads would block us, and we it, if one waited for the other.
    const writing = this.#write(connection);
    // It is awaited only after the reply; until then its failure must not count as one that nobody handles.
    writing.catch(() => undefined);
    const reading = this.#read(connection);
    try {
      const failure = await reading;
      if (failure === null) await writing;
      return failure;
    } finally {
      stop.removeEventListener("abort", close);
      close();
      await Promise.allSettled([writing, reading]);
    }
  }

  async #write(connection: Connection): Promise<void> {
    const { data, until } = this.#options;
    let sent = 0;
    while (sent < data.length) sent += await connection.write(data.subarray(sent));
    if ("halfClose" in until && until.halfClose) await connection.closeWrite();
    this.#writtenAt = this.#clock.now();
  }

  async #read(connection: Connection): Promise<Failure | null> {
    const { until } = this.#options;
    const buffer = new Uint8Array(READ_BYTES);
    const wanted = "bytes" in until ? until.bytes : MAX_REPLY_BYTES;
    while (this.#received < wanted) {
      const count = await this.#readOnce(connection, buffer);
      if (count === null) break;
      this.#chunks.push(buffer.slice(0, count));
      this.#received += count;
      this.#repliedAt = this.#clock.now();
    }
    this.#repliedAt ??= this.#clock.now();
    if ("bytes" in until && this.#received < until.bytes) return closedEarly(this.#received, until.bytes);
    if (!("bytes" in until) && this.#received === 0) return { kind: "no_reply", detail: "" };
    return null;
  }

  /** Null at the target's FIN and when the reply went quiet. */
  #readOnce(connection: Connection, buffer: Uint8Array): Promise<number | null> {
    const { until } = this.#options;
    const read = connection.read(buffer);
    if ("bytes" in until || this.#received === 0) return read;
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.timer(until.quietMs, () => resolve(null));
      read.then(resolve, reject).finally(cancel);
    });
  }

  #reply(): Uint8Array {
    const whole = new Uint8Array(this.#received);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  #times(): ExchangeTimes {
    const [open, written, replied] = [this.#openAt, this.#writtenAt, this.#repliedAt];
    return {
      dialMs: open === null ? null : open - this.#startedAt,
      writeMs: open === null || written === null ? null : written - open,
      readMs: written === null || replied === null ? null : Math.max(0, replied - written),
      responseMs: replied === null ? null : replied - this.#startedAt,
    };
  }

  #overdue(): FailureKind {
    return this.#openAt === null ? "dial_timeout" : "reply_timeout";
  }

  #stopped(): Failure {
    const kind = this.#stop.signal.reason as FailureKind;
    const { until, timeoutMs } = this.#options;
    if (kind === "interrupted") return { kind, detail: "" };
    const progress = kind === "reply_timeout" && "bytes" in until
      ? `, ${this.#received} of ${until.bytes} bytes came`
      : "";
    return { kind, detail: `${timeoutMs} ms${progress}` };
  }
}

function closedEarly(received: number, wanted: number): Failure {
  if (received === 0) return { kind: "no_reply", detail: "" };
  return { kind: "short_reply", detail: `${received} of ${wanted} bytes` };
}
