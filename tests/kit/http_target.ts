import { HttpEvent } from "../../src/data/http/codec/http_event.ts";
import { latin1 } from "../../src/data/http/codec/latin1.ts";
import { RequestParser } from "../../src/data/http/codec/request_parser.ts";
import type { SocketAddress } from "../../src/model/address.ts";
import { TcpServer, type TcpServerOptions, writeAll } from "./tcp_server.ts";

/** A request as an endpoint got it. */
export interface TargetRequest {
  readonly method: string;
  readonly target: string;
  /** Field values by lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
  readonly connection: Deno.TcpConn;
}

/** Answers one request: bytes to send, `null` to close the connection instead. What it wrote by itself is its own. */
export type Respond = (request: TargetRequest) => Promise<string | null> | string | null;

/** An endpoint: a small HTTP/1.1 server whose answers are written by the test, byte by byte. */
export class HttpTarget implements AsyncDisposable {
  /** Every request that came whole, in order. */
  readonly requests: TargetRequest[] = [];
  /** Everything that was received, on all connections. */
  raw = "";
  readonly #respond: Respond;
  readonly #server: TcpServer;

  constructor(respond: Respond, options: TcpServerOptions = {}) {
    this.#respond = respond;
    this.#server = new TcpServer((connection) => this.#serve(connection), options);
  }

  /** Where it listens. */
  get address(): SocketAddress {
    return this.#server.address;
  }

  /** Connections accepted so far. */
  get accepted(): number {
    return this.#server.accepted;
  }

  /** Connections open now. */
  get open(): number {
    return this.#server.open;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    const parser = new RequestParser();
    const buffer = new Uint8Array(64 * 1024);
    let body = "";
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) return;
      const bytes = buffer.subarray(0, count);
      this.raw += latin1(bytes, 0, count);
      for (let at = 0;;) {
        const event = parser.parse(bytes, at);
        at = parser.position;
        if (event === HttpEvent.needMore) break;
        if (event === HttpEvent.error) return;
        // The rest may come into the same buffer.
        if (event === HttpEvent.head) parser.head.keep();
        if (event === HttpEvent.body) body += latin1(parser.data, parser.dataStart, parser.dataEnd);
        if (event !== HttpEvent.end) continue;
        const answer = await this.#answer(parser, body, connection);
        if (answer === null) return;
        await writeAll(connection, Uint8Array.from(answer, (one) => one.charCodeAt(0)));
        body = "";
        parser.begin();
      }
    }
  }

  async #answer({ head }: RequestParser, body: string, connection: Deno.TcpConn): Promise<string | null> {
    const { method, target } = head;
    const fields = new Map(head.entries().map(([name, value]) => [name.toLowerCase(), value]));
    const request = { method, target, fields, body, connection };
    this.requests.push(request);
    return await this.#respond(request);
  }
}

/** A whole answer. */
export function answerText(status: number, body = "", fields: readonly string[] = []): string {
  const lines = [`HTTP/1.1 ${status} Reason`, ...fields, `Content-Length: ${body.length}`];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}
