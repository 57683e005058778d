/** A syslog receiver of any transport, which keeps what it gets. */
export class SyslogReceiver implements AsyncDisposable {
  /** Messages so far, in their order. */
  readonly messages: string[] = [];
  /** As configs name it. */
  readonly address: string;
  /** What it does until it is closed. */
  readonly #work: Promise<void>;
  readonly #close: () => void;
  readonly #connections = new Set<Deno.Conn>();
  /** While it is not resolved, connections are not read from. */
  #reading = Promise.withResolvers<void>();

  private constructor(address: string, source: Deno.DatagramConn | Deno.Listener, isStream: boolean) {
    this.address = address;
    this.#reading.resolve();
    this.#close = () => source.close();
    this.#work = isStream
      ? this.#accept(source as Deno.Listener)
      : this.#receive(source as Deno.DatagramConn);
  }

  static udp(): SyslogReceiver {
    const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    return new SyslogReceiver(`udp://127.0.0.1:${(socket.addr as Deno.NetAddr).port}`, socket, false);
  }

  /** @param port the system's choice unless it is given. */
  static tcp(port = 0): SyslogReceiver {
    const listener = Deno.listen({ hostname: "127.0.0.1", port });
    return new SyslogReceiver(`tcp://127.0.0.1:${listener.addr.port}`, listener, true);
  }

  static unixDatagrams(path: string): SyslogReceiver {
    const socket = Deno.listenDatagram({ transport: "unixpacket", path });
    return new SyslogReceiver(`unix:${path}`, socket, false);
  }

  static unixStream(path: string): SyslogReceiver {
    return new SyslogReceiver(`unix:${path}`, Deno.listen({ transport: "unix", path }), true);
  }

  /** Its port. */
  get port(): number {
    return Number(/:(\d+)$/.exec(this.address)?.[1]);
  }

  /** The texts of the messages, without header and structured data (`-`). */
  get texts(): string[] {
    return this.messages.map((message) => message.split(" ").slice(7).join(" "));
  }

  /** Reads no more of its connections, so that they fill up. */
  stopReading(): void {
    this.#reading = Promise.withResolvers();
  }

  goOnReading(): void {
    this.#reading.resolve();
  }

  /** Ends its connections, as a receiver does that is started anew. */
  disconnect(): void {
    for (const conn of this.#connections) conn.close();
    this.#connections.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.goOnReading();
    this.#close();
    this.disconnect();
    await this.#work;
  }

  async #receive(socket: Deno.DatagramConn): Promise<void> {
    try {
      for (;;) {
        const [bytes] = await socket.receive();
        this.messages.push(new TextDecoder().decode(bytes));
      }
    } catch {
      // It was closed.
    }
  }

  async #accept(listener: Deno.Listener): Promise<void> {
    const reading: Promise<void>[] = [];
    try {
      for (;;) reading.push(this.#read(await listener.accept()));
    } catch {
      // It was closed.
    }
    await Promise.all(reading);
  }

  /** Octet counting: `LENGTH SP MESSAGE`, and nothing in between (RFC 6587 section 3.4.1). */
  async #read(conn: Deno.Conn): Promise<void> {
    this.#connections.add(conn);
    const buffer = new Uint8Array(65_536);
    let rest = new Uint8Array(0);
    try {
      for (;;) {
        await this.#reading.promise;
        const count = await conn.read(buffer);
        if (count === null) break;
        const all = new Uint8Array(rest.length + count);
        all.set(rest);
        all.set(buffer.subarray(0, count), rest.length);
        rest = this.#take(all);
      }
    } catch {
      // It was closed.
    }
    if (this.#connections.delete(conn)) conn.close();
  }

  /** @returns what is left behind the last whole message. */
  #take(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const decoder = new TextDecoder();
    let at = 0;
    for (;;) {
      const blank = bytes.indexOf(0x20, at);
      if (blank < 0) break;
      const length = decoder.decode(bytes.subarray(at, blank));
      if (!/^[1-9]\d*$/.test(length)) throw new Error(`No length of a message: ${JSON.stringify(length)}`);
      const end = blank + 1 + Number(length);
      if (end > bytes.length) break;
      this.messages.push(decoder.decode(bytes.subarray(blank + 1, end)));
      at = end;
    }
    return bytes.slice(at);
  }
}
