import type { TcpOptions } from "../engine.ts";

/** Longest write that fits one segment on any path (RFC 9293 section 3.7.1: default MSS 536). */
const SAFE_SEGMENT_BYTES = 536;

/**
 * Sets a connection's options when they first matter, since each costs a system call and most connections are short.
 *
 * Nagle's algorithm (RFC 9293 section 3.7.4) holds back a small segment only while earlier bytes are unacknowledged,
 * so `TCP_NODELAY` matters from the second write on. `SO_KEEPALIVE` matters for connections that live.
 */
export class LazyOptions {
  readonly #socket: Pick<Deno.TcpConn, "setNoDelay" | "setKeepAlive">;
  #noDelayDue: boolean;
  #keepAliveDue: boolean;
  #wroteBefore = false;

  constructor(socket: Pick<Deno.TcpConn, "setNoDelay" | "setKeepAlive">, tcp: TcpOptions) {
    this.#socket = socket;
    this.#noDelayDue = tcp.noDelay;
    this.#keepAliveDue = tcp.keepAlive !== null;
  }

  /** To be called before each write, with its length. */
  beforeWrite(bytes: number): void {
    if (!this.#noDelayDue) return;
    if (this.#wroteBefore || bytes > SAFE_SEGMENT_BYTES) {
      this.#noDelayDue = false;
      ignoreFailure(() => this.#socket.setNoDelay(true));
    }
    this.#wroteBefore = true;
  }

  /** To be called once the connection has lived for a while. */
  whenSettled(): void {
    if (!this.#keepAliveDue) return;
    this.#keepAliveDue = false;
    ignoreFailure(() => this.#socket.setKeepAlive(true));
  }
}

/** Sets them all at once, for a connection whose socket is soon out of reach behind TLS. */
export function setOptions(socket: Deno.TcpConn, tcp: TcpOptions): void {
  ignoreFailure(() => {
    if (tcp.noDelay) socket.setNoDelay(true);
    if (tcp.keepAlive !== null) socket.setKeepAlive(true);
  });
}

/** Some systems refuse options on a connection that the peer has reset; the next read or write tells its owner. */
function ignoreFailure(set: () => void): void {
  try {
    set();
  } catch {
    return;
  }
}
