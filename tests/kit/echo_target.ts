import { TcpServer, type TcpServerOptions, writeAll } from "./tcp_server.ts";

/** Options of an echo target. */
export interface EchoTargetOptions extends TcpServerOptions {
  /** Sent before each piece that is echoed, so that a reply tells which target gave it. Default: none. */
  readonly prefix?: string;
}

/** A target that sends back what it receives, and its FIN after the client's. */
export function echoTarget(options: EchoTargetOptions = {}): TcpServer {
  const prefix = new TextEncoder().encode(options.prefix ?? "");
  return new TcpServer(async (connection) => {
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      if (prefix.length > 0) await writeAll(connection, prefix);
      await writeAll(connection, buffer.subarray(0, count));
    }
    await connection.closeWrite();
  }, options);
}
