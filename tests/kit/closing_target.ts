import { createServer, type Server, type Socket } from "node:net";
import type { SocketAddress } from "../../src/model/address.ts";

/** A target that ends each connection as soon as it has accepted it. */
export class ClosingTarget implements AsyncDisposable {
  readonly address: SocketAddress;
  /** Connections accepted so far. */
  accepted = 0;
  readonly #server: Server;

  private constructor(server: Server, address: SocketAddress) {
    this.#server = server;
    this.address = address;
  }

  /**
   * Opens one.
   * @param how `"close"` sends a FIN, `"reset"` an RST.
   */
  static open(how: "close" | "reset"): Promise<ClosingTarget> {
    return new Promise((resolve, reject) => {
      const server = createServer((socket: Socket) => {
        target.accepted++;
        socket.on("error", () => socket.destroy());
        if (how === "reset") socket.resetAndDestroy();
        else socket.destroy();
      });
      let target: ClosingTarget;
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const bound = server.address();
        if (bound === null || typeof bound === "string") return reject(new Error("No TCP address"));
        target = new ClosingTarget(server, { ip: "127.0.0.1", port: bound.port });
        resolve(target);
      });
    });
  }

  /** Port of {@link address}. */
  get port(): number {
    return this.address.port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
