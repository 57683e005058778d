import { sleep, systemClock } from "../base/clock.ts";
import type { SocketAddress } from "../model/address.ts";

/** How an echo server listens and answers. */
export interface EchoServerOptions {
  /** Where to listen; port 0 lets the system choose. */
  readonly listen: SocketAddress;
  /** Put before each chunk that is read, as `name: `. Without it the bytes come back untouched. */
  readonly name?: string;
}

/** A running echo server. */
export interface EchoServer extends AsyncDisposable {
  /** As bound: the port is the real one where 0 was asked for. */
  readonly address: SocketAddress;
  /** Connections accepted since the start. */
  readonly accepted: number;
  /** Stops listening, closes every connection, and waits until both are done. Twice is harmless. */
  close(): Promise<void>;
}

/** Bytes read at once from one connection. */
const CHUNK_BYTES = 64 * 1024;
/** Pause after a failed accept: descriptors may come back, and a busy loop would keep them from it. */
const ACCEPT_RETRY_MS = 50;

/**
 * Starts a TCP echo server (RFC 862). What a client sends comes back; its FIN is answered with a FIN once everything
 * before it was sent back. With a name, each chunk that is read is sent back as `name: chunk`; TCP keeps no message
 * borders, so a large or slow message may get several prefixes.
 *
 * @throws {Error} of `Deno.listen` when the address cannot be bound.
 */
export function startEchoServer(options: EchoServerOptions): EchoServer {
  return new RunningEchoServer(options);
}

class RunningEchoServer implements EchoServer {
  readonly address: SocketAddress;
  accepted = 0;
  readonly #prefix: Uint8Array;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Map<Deno.TcpConn, Promise<void>>();
  readonly #accepting: Promise<void>;
  #closed = false;

  constructor({ listen, name }: EchoServerOptions) {
    this.#prefix = name === undefined ? new Uint8Array(0) : new TextEncoder().encode(`${name}: `);
    this.#listener = Deno.listen({ hostname: listen.ip, port: listen.port, tcpBacklog: 4096 });
    const { hostname, port } = this.#listener.addr;
    this.address = { ip: hostname, port };
    this.#accepting = this.#accept();
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#listener.close();
      for (const connection of this.#open.keys()) connection.close();
    }
    await this.#accepting;
    await Promise.all(this.#open.values());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #accept(): Promise<void> {
    while (!this.#closed) {
      try {
        const connection = await this.#listener.accept();
        if (this.#closed) {
          connection.close();
          break;
        }
        this.accepted += 1;
        this.#open.set(connection, this.#serve(connection));
      } catch {
        if (!this.#closed) await sleep(systemClock, ACCEPT_RETRY_MS);
      }
    }
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    try {
      await echo(connection, this.#prefix);
    } catch {
      // The client went away or the server was closed: nobody is left to tell.
    } finally {
      this.#open.delete(connection);
      if (!this.#closed) connection.close();
    }
  }
}

async function echo(connection: Deno.TcpConn, prefix: Uint8Array): Promise<void> {
  const buffer = new Uint8Array(prefix.length + CHUNK_BYTES);
  buffer.set(prefix);
  const input = buffer.subarray(prefix.length);
  for (;;) {
    const count = await connection.read(input);
    if (count === null) break;
    const end = prefix.length + count;
    let sent = 0;
    while (sent < end) sent += await connection.write(buffer.subarray(sent, end));
  }
  await connection.closeWrite();
}
