import type { SocketAddress } from "../../src/model/address.ts";

/** TEST-NET-1 (RFC 5737): routed nowhere. */
const NOWHERE: SocketAddress = { ip: "192.0.2.1", port: 9 };

/**
 * An address that never answers a SYN. On Linux it is a listener whose queue is full (a queue of length 0 holds one
 * connection; more SYNs are dropped, listen(2)). Elsewhere it is an address of TEST-NET-1, which some networks answer
 * all the same, so a test should check {@link isReliable}.
 */
export class BlackHoleTarget implements AsyncDisposable {
  readonly address: SocketAddress;
  /** False where the network decides. */
  readonly isReliable: boolean;
  readonly #held: readonly { close(): void }[];

  private constructor(address: SocketAddress, held: readonly { close(): void }[]) {
    this.address = address;
    this.isReliable = held.length > 0;
    this.#held = held;
  }

  /** Opens one. */
  static async open(): Promise<BlackHoleTarget> {
    if (Deno.build.os !== "linux") return new BlackHoleTarget(NOWHERE, []);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 0 });
    const { port } = listener.addr;
    const filler = await Deno.connect({ hostname: "127.0.0.1", port });
    return new BlackHoleTarget({ ip: "127.0.0.1", port }, [filler, listener]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const resource of this.#held) resource.close();
    return Promise.resolve();
  }
}
