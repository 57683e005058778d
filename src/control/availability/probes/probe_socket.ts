import process from "node:process";
import type { TLSSocket } from "node:tls";
import type { SocketAddress } from "../../../model/address.ts";
import { isIP } from "node:net";

/** A connection of a probe. Aborting the signal that it was opened with closes it. */
export interface ProbeSocket extends Disposable {
  /** What came, null after the peer's end. Valid until the next read. */
  read(): Promise<Uint8Array | null>;
  /** Writes all of it. */
  write(bytes: Uint8Array): Promise<void>;
}

/** How a probe speaks TLS. */
export interface ProbeTls {
  /** Asked for, and looked for in the certificate. */
  readonly serverName: string;
  /** PEM; empty for the public authorities. */
  readonly caCerts: readonly string[];
  readonly insecureSkipVerify: boolean;
  /** Sent before the handshake; null for nothing. */
  readonly prologue: Uint8Array | null;
}

/** A connection with TLS on it. */
export interface SecureProbeSocket extends ProbeSocket {
  /** When the peer's certificate runs out, milliseconds since the Unix epoch. */
  readonly certificateEndsAt: number;
}

const BUFFER_BYTES = 16 * 1024;

/**
 * Opens a TCP connection. Rejects as the system does, or with the signal's reason.
 * @param prologue sent on it at once, null for nothing.
 */
export async function openSocket(
  { ip, port }: SocketAddress,
  signal: AbortSignal,
  prologue: Uint8Array | null = null,
): Promise<ProbeSocket> {
  const connection = await Deno.connect({ hostname: ip, port, autoSelectFamily: false, signal });
  if (signal.aborted) {
    connection.close();
    throw signal.reason;
  }
  const socket = new PlainSocket(connection, signal);
  if (prologue !== null) await socket.write(prologue);
  return socket;
}

/** Opens a TCP connection and makes a handshake on it. */
export function openSecureSocket(
  { ip, port }: SocketAddress,
  { serverName, caCerts, insecureSkipVerify, prologue }: ProbeTls,
  signal: AbortSignal,
): Promise<SecureProbeSocket> {
  // Loaded when TLS is first needed: it takes 50 ms.
  const { connect, checkServerIdentity } = process.getBuiltinModule("node:tls");
  const tcp = prologue === null ? null : process.getBuiltinModule("node:net").connect({ host: ip, port });
  // It waits until the connection is there, and goes before what TLS writes.
  if (prologue !== null) tcp?.write(prologue);
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...(tcp === null ? { host: ip, port } : { socket: tcp }),
      // SNI is for names alone (RFC 6066 section 3).
      ...(isIP(serverName) !== 0 ? {} : { servername: serverName }),
      ...(caCerts.length === 0 ? {} : { ca: [...caCerts] }),
      rejectUnauthorized: !insecureSkipVerify,
      checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate),
    });
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", reject);
    socket.once("close", () => reject(new Deno.errors.ConnectionReset("the connection was closed")));
    socket.once("secureConnect", () => resolve(new TlsSocket(socket, signal, onAbort)));
  });
}

class PlainSocket implements ProbeSocket {
  /** Made when something is read: most probes only connect. */
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  #isClosed = false;

  constructor(private readonly connection: Deno.TcpConn, private readonly signal: AbortSignal) {
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  async read(): Promise<Uint8Array | null> {
    const buffer = this.#buffer ??= new Uint8Array(BUFFER_BYTES);
    const count = await this.connection.read(buffer);
    return count === null ? null : buffer.subarray(0, count);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.connection.write(bytes.subarray(at));
  }

  [Symbol.dispose](): void {
    this.signal.removeEventListener("abort", this.#onAbort);
    this.#onAbort();
  }

  readonly #onAbort = (): void => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.connection.close();
  };
}

class TlsSocket implements SecureProbeSocket {
  readonly certificateEndsAt: number;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(
    private readonly socket: TLSSocket,
    private readonly signal: AbortSignal,
    private readonly onAbort: () => void,
  ) {
    this.certificateEndsAt = Date.parse(socket.getPeerCertificate().valid_to);
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async read(): Promise<Uint8Array | null> {
    const { done, value } = await this.#chunks.next();
    return done === true ? null : value;
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) =>
      void this.socket.write(bytes, (error) => error ? reject(error) : resolve())
    );
  }

  [Symbol.dispose](): void {
    this.signal.removeEventListener("abort", this.onAbort);
    this.socket.destroy();
  }
}
