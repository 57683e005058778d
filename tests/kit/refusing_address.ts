import type { SocketAddress } from "../../src/model/address.ts";

/** An address whose port refuses connections for as long as it is held. */
export class RefusingAddress implements AsyncDisposable {
  readonly address: SocketAddress;
  readonly #held: readonly Deno.Conn[];

  private constructor(client: Deno.TcpConn, server: Deno.Conn) {
    this.address = { ip: "127.0.0.1", port: client.localAddr.port };
    this.#held = [client, server];
  }

  /**
   * Takes a port. It is the near end of an open connection, so nobody else can be given it meanwhile, which could
   * happen to the port of a listener that was closed.
   */
  static async take(): Promise<RefusingAddress> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepted = listener.accept();
    const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    const server = await accepted;
    listener.close();
    return new RefusingAddress(client, server);
  }

  /** Port of {@link address}. */
  get port(): number {
    return this.address.port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#held) connection.close();
    return Promise.resolve();
  }
}
