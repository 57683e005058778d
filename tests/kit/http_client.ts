import { HttpEvent } from "../../src/data/http/codec/http_event.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/data/http/codec/http_limits.ts";
import { latin1 } from "../../src/data/http/codec/latin1.ts";
import { type RequestTraits, ResponseParser } from "../../src/data/http/codec/response_parser.ts";
import { tryClose, writeAll } from "./tcp_server.ts";
import { within } from "./within.ts";

/** Whatever the proxy lets through. */
const LIMITS = { ...DEFAULT_HTTP_LIMITS, maxHeadBytes: 2 * 1024 * 1024, maxFields: 2_000 };

/** An answer as a client got it. */
export interface ClientAnswer {
  readonly status: number;
  /** Field values by lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
}

const PLAIN: RequestTraits = { toHead: false, upgrade: false };

/** A client on one connection that speaks HTTP byte by byte. Text stands for bytes, one character each. */
export class HttpClient implements Disposable {
  readonly connection: Deno.Conn;
  readonly #buffer = new Uint8Array(64 * 1024);
  #rest = new Uint8Array(0);

  /** @param connection belongs to the client from here on; over TLS, say. */
  constructor(connection: Deno.Conn) {
    this.connection = connection;
  }

  /** Connects to a port of this machine. */
  static async to(port: number): Promise<HttpClient> {
    return new HttpClient(await within("a connection", Deno.connect({ hostname: "127.0.0.1", port })));
  }

  /** Sends bytes. */
  async send(text: string): Promise<void> {
    await writeAll(this.connection, Uint8Array.from(text, (one) => one.charCodeAt(0)));
  }

  /** Sends a request without a body and reads its answer. */
  async get(target = "/", fields: readonly string[] = []): Promise<ClientAnswer> {
    await this.send([`GET ${target} HTTP/1.1`, "Host: web.test", ...fields, "", ""].join("\r\n"));
    return await this.answer();
  }

  /** Reads the next answer, interim ones passed over. @throws {Error} when it is no answer, or not whole. */
  async answer(traits: RequestTraits = PLAIN): Promise<ClientAnswer> {
    const parser = new ResponseParser(LIMITS);
    parser.begin(traits);
    let body = "";
    for (;;) {
      const bytes = await this.#more();
      if (bytes === null) {
        if (parser.finish() !== HttpEvent.end) throw new Error(`The answer broke off: ${parser.error?.code}`);
        return answerOf(parser, body);
      }
      for (let at = 0;;) {
        const event = parser.parse(bytes, at);
        at = parser.position;
        if (event === HttpEvent.needMore) break;
        if (event === HttpEvent.error) throw new Error(`Not an answer: ${parser.error?.code}`);
        if (event === HttpEvent.body) body += latin1(parser.data, parser.dataStart, parser.dataEnd);
        if (event !== HttpEvent.end && event !== HttpEvent.upgraded) continue;
        this.#rest = bytes.slice(at);
        return answerOf(parser, body);
      }
    }
  }

  /** What comes next, null after the FIN. */
  async receive(): Promise<string | null> {
    const bytes = await this.#more();
    return bytes === null ? null : latin1(bytes, 0, bytes.length);
  }

  /** Everything up to the end, whichever it is. */
  async all(): Promise<string> {
    let text = "";
    try {
      for (let part = await this.receive(); part !== null; part = await this.receive()) text += part;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
    return text;
  }

  [Symbol.dispose](): void {
    tryClose(this.connection);
  }

  async #more(): Promise<Uint8Array | null> {
    if (this.#rest.length > 0) {
      const rest = this.#rest;
      this.#rest = new Uint8Array(0);
      return rest;
    }
    const count = await within("an answer", this.connection.read(this.#buffer));
    return count === null ? null : this.#buffer.slice(0, count);
  }
}

function answerOf({ head }: ResponseParser, body: string): ClientAnswer {
  const fields = new Map(head.entries().map(([name, value]) => [name.toLowerCase(), value]));
  return { status: head.status, fields, body };
}
