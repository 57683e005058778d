import { connect, type Socket } from "node:net";

/** A client that can end with an RST, which Deno's own connections cannot. It reads only when told to. */
export class ResettableClient implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve()));
    // A peer that breaks the connection is what tests with this client are about.
    socket.on("error", () => {});
  }

  /** Connects to a port of this machine. */
  static open(port: number): Promise<ResettableClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true });
      socket.pause();
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new ResettableClient(socket));
      });
    });
  }

  /** Resolves when the system has taken the bytes: true, or false where the connection is over. */
  write(bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => this.#socket.write(bytes, (error) => resolve(!error)));
  }

  /** Reads and forgets what comes. */
  drain(): void {
    this.#socket.resume();
  }

  /** Sends an RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    return this.#closed;
  }
}
