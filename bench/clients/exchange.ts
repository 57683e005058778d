const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: bench\r\n\r\n");
/** More than the backend's small answer with its header. */
const buffer = new Uint8Array(4096);
const decoder = new TextDecoder();
/** Length of the whole answer, learnt from the first one: all are of one length. */
let answerBytes = 0;

/** Opens a connection to a port of 127.0.0.1. */
export async function open(port: number): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  return connection;
}

/** Sends one small request and reads the whole answer. @throws {Error} when the connection ends before. */
export async function exchange(connection: Deno.TcpConn): Promise<void> {
  await connection.write(REQUEST);
  let received = 0;
  do {
    const count = await connection.read(buffer.subarray(received));
    if (count === null) throw new Error("The connection was closed in the middle of an answer");
    received += count;
    if (answerBytes === 0) answerBytes = answerLength(decoder.decode(buffer.subarray(0, received)));
  } while (received < answerBytes);
}

function answerLength(text: string): number {
  const headBytes = text.indexOf("\r\n\r\n") + 4;
  const bodyBytes = /^content-length: (\d+)\r$/im.exec(text)?.[1];
  if (!text.startsWith("HTTP/1.1 200 ") || headBytes < 4 || bodyBytes === undefined) {
    throw new Error(`Not an answer of the backend: ${JSON.stringify(text)}`);
  }
  return headBytes + Number(bodyBytes);
}
