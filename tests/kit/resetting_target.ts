import { createServer, type Server, type Socket } from "node:net";
import type { SocketAddress } from "../../src/model/address.ts";

/** How a {@link ResettingTarget} behaves before its reset. */
export interface ResettingTargetOptions {
  /**
   * Sent at a client's first bytes, with an RST right behind; `endless` sends at once and as fast as the client reads,
   * until {@link ResettingTarget.reset}.
   */
  readonly send: Uint8Array | "endless";
}

const PIECE = new Uint8Array(64 * 1024);

/** A target that ends with an RST. */
export class ResettingTarget implements AsyncDisposable {
  readonly address: SocketAddress;
  readonly #server: Server;
  readonly #options: ResettingTargetOptions;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, address: SocketAddress, options: ResettingTargetOptions) {
    this.#server = server;
    this.address = address;
    this.#options = options;
  }

  /** Opens one. */
  static open(options: ResettingTargetOptions): Promise<ResettingTarget> {
    return new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => target.#serve(socket));
      let target: ResettingTarget;
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const bound = server.address();
        if (bound === null || typeof bound === "string") return reject(new Error("No TCP address"));
        target = new ResettingTarget(server, { ip: "127.0.0.1", port: bound.port }, options);
        resolve(target);
      });
    });
  }

  /** Port of {@link address}. */
  get port(): number {
    return this.address.port;
  }

  /** Clients connected now. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Resets all clients. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    const { send } = this.#options;
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (send === "endless") {
      socket.resume();
      sendEndlessly(socket);
    } else {
      socket.once("data", () => socket.write(send, () => socket.resetAndDestroy()));
    }
  }
}

function sendEndlessly(socket: Socket): void {
  socket.write(PIECE, (error) => {
    if (!error && !socket.destroyed) sendEndlessly(socket);
  });
}
