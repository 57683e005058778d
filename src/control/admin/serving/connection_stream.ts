import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

const READ_BYTES = 16 * 1024;

/** A connection as Node's HTTP parser and its TLS want it. The accept loop stays with who made it. */
export class ConnectionStream extends Duplex {
  /** As Node's sockets have it; undefined for unix sockets. */
  readonly remoteAddress: string | undefined;
  readonly #connection: Deno.TcpConn | Deno.UnixConn;
  readonly #onWriting: (isWriting: boolean) => void;

  /** @param onWriting called when something is being written, and when all of it was taken. */
  constructor(connection: Deno.TcpConn | Deno.UnixConn, onWriting: (isWriting: boolean) => void) {
    super({ allowHalfOpen: true });
    this.#connection = connection;
    this.#onWriting = onWriting;
    const { remoteAddr } = connection;
    this.remoteAddress = "hostname" in remoteAddr ? remoteAddr.hostname : undefined;
    // What fails ends the connection, which is all that there is to do about it.
    this.on("error", () => {});
  }

  override _read(): void {
    const bytes = Buffer.alloc(READ_BYTES);
    this.#connection.read(bytes).then(
      (count) => void this.push(count === null ? null : bytes.subarray(0, count)),
      (error: Error) => void this.destroy(error),
    );
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    this.#onWriting(true);
    this.#writeAll(chunk).then(() => {
      this.#onWriting(false);
      done();
    }, (error: Error) => done(error));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#connection.closeWrite().then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    try {
      this.#connection.close();
    } catch {
      // It is closed already.
    }
    done(error);
  }

  /** Times are kept by the seat of the connection. */
  setTimeout(): this {
    return this;
  }

  /** Small answers: the runtime has it on anyway. */
  setNoDelay(): this {
    return this;
  }

  /** Connections are short-lived. */
  setKeepAlive(): this {
    return this;
  }

  /** It keeps the program alive, which ends by closing its server. */
  ref(): this {
    return this;
  }

  /** See {@link ref}. */
  unref(): this {
    return this;
  }

  async #writeAll(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await this.#connection.write(rest));
  }
}
