const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: bench\r\n\r\n");
/** More than the backend's small answer with its header. */
const BUFFER_BYTES = 4096;
const decoder = new TextDecoder();

/** Opens a connection to an address of the loopback, 127.0.0.1 unless given. */
export async function open(port: number, hostname = "127.0.0.1"): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname, port });
  connection.setNoDelay(true);
  return connection;
}

/** Small requests to one server, whose answers are all of one length. */
export class Exchanges {
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  /** Length of the whole answer, learnt from the first one. */
  #answerBytes = 0;

  /**
   * Sends a request and reads the whole answer; one at a time.
   * @throws {Error} when the connection ends before, or the answer is not the backend's.
   */
  async run(connection: Deno.TcpConn): Promise<void> {
    await connection.write(REQUEST);
    let received = 0;
    do {
      const count = await connection.read(this.#buffer.subarray(received));
      if (count === null) throw new Error("The connection was closed in the middle of an answer");
      received += count;
      if (this.#answerBytes === 0) {
        this.#answerBytes = answerLength(decoder.decode(this.#buffer.subarray(0, received)));
      }
    } while (received < this.#answerBytes);
  }
}

function answerLength(text: string): number {
  const headBytes = text.indexOf("\r\n\r\n") + 4;
  const bodyBytes = /^content-length: (\d+)\r$/im.exec(text)?.[1];
  if (!text.startsWith("HTTP/1.1 200 ") || headBytes < 4 || bodyBytes === undefined) {
    throw new Error(`Not an answer of the backend: ${JSON.stringify(text)}`);
  }
  return headBytes + Number(bodyBytes);
}
