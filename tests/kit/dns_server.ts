import type { SocketAddress } from "../../src/model/address.ts";
import { decodeQuery, encodeReply, type WireRecord, type WireReply } from "./dns_message.ts";

export { TYPE_A, TYPE_AAAA, TYPE_CNAME } from "./dns_message.ts";

/** What a DNS server answers for one type of record: the TTL in seconds and the addresses' bytes. */
export interface Zone {
  readonly [type: number]: { readonly ttl: number; readonly records: readonly (readonly number[])[] };
}

/** What a server was asked. */
export interface AskedQuestion {
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly transport: "udp" | "tcp";
  /** Who asked. */
  readonly from: Deno.Addr;
}

/** What to send back: a reply to the question, bytes as they are (over UDP one datagram each), or nothing at all. */
export type ScriptedReply = Partial<WireReply> | readonly Uint8Array[] | null;

/** Decides what to answer; a promise answers later, others meanwhile. */
export type Script = (question: AskedQuestion) => ScriptedReply | Promise<ScriptedReply>;

/** A DNS server over UDP and TCP that gives the same answer whatever name is asked for, or what a script says. */
export class DnsServer implements AsyncDisposable {
  readonly socketAddress: SocketAddress;
  /** Every question so far. */
  readonly questions: AskedQuestion[] = [];
  readonly #udp: Deno.DatagramConn;
  readonly #tcp: Deno.TcpListener;
  readonly #connections = new Set<Deno.Conn>();
  readonly #work: Promise<void>[] = [];
  readonly #script: Script;
  #closed = false;

  constructor(answers: Zone | Script, hostname = "127.0.0.1") {
    this.#script = typeof answers === "function" ? answers : zoneScript(answers);
    [this.#udp, this.#tcp] = bindBoth(hostname);
    this.socketAddress = { ip: hostname, port: this.#tcp.addr.port };
    this.#work.push(this.#serveUdp(), this.#serveTcp());
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `${this.socketAddress.ip}:${this.socketAddress.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#udp.close();
    this.#tcp.close();
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#work);
  }

  async #serveUdp(): Promise<void> {
    for await (const [query, from] of this.#udp) this.#track(this.#answerUdp(query.slice(), from));
  }

  async #answerUdp(query: Uint8Array, from: Deno.Addr): Promise<void> {
    for (const datagram of await this.#reply(query, "udp", from) ?? []) {
      if (!this.#closed) await this.#udp.send(datagram, from);
    }
  }

  async #serveTcp(): Promise<void> {
    for await (const connection of this.#tcp) this.#track(this.#answerTcp(connection));
  }

  /** One question a connection; each piece of the answer gets the length of all of them before it. */
  async #answerTcp(connection: Deno.Conn): Promise<void> {
    this.#connections.add(connection);
    try {
      const buffer = new Uint8Array(1024);
      let size = 0;
      while (size < 2 || size < 2 + ((buffer[0] ?? 0) << 8 | (buffer[1] ?? 0))) {
        const count = await connection.read(buffer.subarray(size));
        if (count === null) return;
        size += count;
      }
      const pieces = await this.#reply(buffer.slice(2, size), "tcp", connection.remoteAddr);
      // Silence is no close: it lasts until the client has had enough.
      while (pieces === null && await connection.read(buffer) !== null);
      if (pieces === null) return;
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      if (length > 0) await writeAll(connection, Uint8Array.of(length >>> 8, length & 0xff));
      for (const piece of pieces) await writeAll(connection, piece);
    } catch (error) {
      if (!this.#closed && !isClientGone(error)) throw error;
    } finally {
      if (this.#connections.delete(connection) && !this.#closed) connection.close();
    }
  }

  async #reply(
    query: Uint8Array,
    transport: "udp" | "tcp",
    from: Deno.Addr,
  ): Promise<readonly Uint8Array[] | null> {
    const question: AskedQuestion = { ...decodeQuery(query), transport, from };
    this.questions.push(question);
    const reply = await this.#script(question);
    if (reply === null) return null;
    const { id, name, type } = question;
    return "length" in reply ? reply : [encodeReply({ id, name, type, ...reply })];
  }

  #track(work: Promise<void>): void {
    // A script that never answers must not keep the server from being closed.
    work.catch((error: unknown) => {
      if (!this.#closed) throw error;
    });
  }
}

function zoneScript(zone: Zone): Script {
  return ({ name, type }) => {
    const { ttl, records } = zone[type] ?? { ttl: 0, records: [] };
    const answers = records.map((data): WireRecord => ({ name, type, ttl, data }));
    return { answers, rcode: answers.length > 0 ? 0 : 3 };
  };
}

/** The same port for both; one that UDP got may be taken for TCP. */
function bindBoth(hostname: string): [Deno.DatagramConn, Deno.TcpListener] {
  for (;;) {
    const tcp = Deno.listen({ hostname, port: 0 });
    try {
      return [Deno.listenDatagram({ hostname, port: tcp.addr.port, transport: "udp" }), tcp];
    } catch (error) {
      tcp.close();
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

function isClientGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
