import { parseProxyHeader } from "../../src/data/proxy_protocol/parse_proxy_header.ts";
import type { ProxyHeader } from "../../src/data/proxy_protocol/proxy_header.ts";
import { TcpServer, writeAll } from "./tcp_server.ts";

/** A target that takes no connection without a PROXY header, and keeps the headers. */
export class ProxyHeaderTarget implements AsyncDisposable {
  /** Of all connections, in the order in which they were whole. */
  readonly headers: ProxyHeader[] = [];
  /** What connections began with that had none, as text. */
  readonly strangers: string[] = [];
  readonly #server: TcpServer;

  /** @param answer to the first bytes behind a header, for the connection's end; without it the target is an echo. */
  constructor(private readonly answer: ((header: ProxyHeader) => string) | null = null) {
    this.#server = new TcpServer((connection) => this.#serve(connection));
  }

  get port(): number {
    return this.#server.port;
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    let length = 0;
    for (;;) {
      const found = parseProxyHeader(buffer.subarray(0, length));
      if (found.type === "header") {
        this.headers.push(found.header);
        if (this.answer !== null) {
          if (length === found.length) await connection.read(buffer);
          return await writeAll(connection, new TextEncoder().encode(this.answer(found.header)));
        }
        await writeAll(connection, buffer.slice(found.length, length));
        break;
      }
      const count = found.type === "more" ? await connection.read(buffer.subarray(length)) : null;
      if (count === null) {
        this.strangers.push(new TextDecoder().decode(buffer.subarray(0, length)));
        return;
      }
      length += count;
    }
    for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
      await writeAll(connection, buffer.subarray(0, count));
    }
    await connection.closeWrite();
  }
}
