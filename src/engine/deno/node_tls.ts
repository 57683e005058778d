import process from "node:process";
import type { Duplex } from "node:stream";
import type { connect, createSecureContext, TLSSocket } from "node:tls";

/** What TLS needs of Node's builtin modules. */
export interface NodeTls {
  readonly Duplex: typeof Duplex;
  readonly TLSSocket: typeof TLSSocket;
  readonly connect: typeof connect;
  readonly createSecureContext: typeof createSecureContext;
}

let loaded: NodeTls | null = null;

/** Loads `node:stream` and `node:tls` when TLS is first needed: they take 50 ms and 10 MB in each thread. */
export function nodeTls(): NodeTls {
  if (loaded === null) {
    const { Duplex } = process.getBuiltinModule("node:stream");
    const { TLSSocket, connect, createSecureContext } = process.getBuiltinModule("node:tls");
    loaded = { Duplex, TLSSocket, connect, createSecureContext };
  }
  return loaded;
}
