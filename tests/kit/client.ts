import { tryClose, writeAll } from "./tcp_server.ts";
import { within } from "./within.ts";

/** A TCP client that speaks text. */
export class Client implements Disposable {
  readonly #connection: Deno.TcpConn;
  readonly #buffer = new Uint8Array(64 * 1024);

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects. */
  static async to(port: number, hostname = "127.0.0.1"): Promise<Client> {
    return new Client(await within(`the connection to ${port}`, Deno.connect({ hostname, port })));
  }

  /** The client's own port. */
  get port(): number {
    return this.#connection.localAddr.port;
  }

  /** Sends text. */
  async send(text: string): Promise<void> {
    await writeAll(this.#connection, new TextEncoder().encode(text));
  }

  /** Sends a FIN; reading goes on. */
  async finish(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /** What comes next, null after the peer's FIN. */
  async receive(deadlineMs?: number): Promise<string | null> {
    const count = await within("a reply", this.#connection.read(this.#buffer), deadlineMs);
    return count === null ? null : new TextDecoder().decode(this.#buffer.subarray(0, count));
  }

  /** Sends text and waits for its echo, which may come with a prefix and in pieces; null where the peer ends first. */
  async ask(text: string): Promise<string | null> {
    await this.send(text);
    for (let reply = "";;) {
      const piece = await this.receive();
      if (piece === null) return null;
      reply += piece;
      if (reply.endsWith(text)) return reply;
    }
  }

  /** Waits for the end: `"closed"` by a FIN or `"reset"`. What still comes before is thrown away. */
  async ended(deadlineMs?: number): Promise<"closed" | "reset"> {
    try {
      while (await this.receive(deadlineMs) !== null);
      return "closed";
    } catch (error) {
      if (isReset(error)) return "reset";
      throw error;
    }
  }

  [Symbol.dispose](): void {
    tryClose(this.#connection);
  }
}

/**
 * Connects to a port behind which nobody will serve, and waits for the end: `"closed"` by a FIN or `"reset"`, which may
 * come before the connection is handed to us.
 */
export async function turnedAway(port: number, text = ""): Promise<"closed" | "reset"> {
  try {
    using client = await Client.to(port);
    await client.send(text);
    return await client.ended();
  } catch (error) {
    if (isReset(error)) return "reset";
    throw error;
  }
}

/** Whether a client is answered; not, where it is reset. */
export async function isServed(port: number): Promise<boolean> {
  try {
    return await askOnce(port, "?") === "?";
  } catch (error) {
    if (isReset(error)) return false;
    throw error;
  }
}

/** Whether nobody listens on a port. */
export async function isRefused(port: number): Promise<boolean> {
  try {
    (await Client.to(port))[Symbol.dispose]();
    return false;
  } catch (error) {
    // A queue that is closed resets what waits in it.
    if (isReset(error)) return false;
    if (error instanceof Deno.errors.ConnectionRefused) return true;
    throw error;
  }
}

function isReset(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.NotConnected;
}

/** Connects, asks once, and closes. */
export async function askOnce(port: number, text = "hello", hostname?: string): Promise<string | null> {
  using client = await Client.to(port, hostname);
  return await client.ask(text);
}

/** What {@link askOnce} gives, so many times, one after another. */
export async function askTimes(port: number, times: number): Promise<(string | null)[]> {
  const replies: (string | null)[] = [];
  for (let i = 0; i < times; i++) replies.push(await askOnce(port, "?"));
  return replies;
}
