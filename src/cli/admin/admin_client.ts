import { formatHostPort } from "../../model/address.ts";
import { type Connection, exchange } from "../../tools/exchange.ts";
import { describeFailure } from "../../tools/failure.ts";
import type { AdminAddress } from "./admin_address.ts";

/** Certificates for an admin server that speaks TLS; PEM texts. */
export interface AdminCertificates {
  /** Of the authority that the server's certificate is from, besides the public ones. */
  readonly ca?: string | undefined;
  /** Shown to servers that ask for one. */
  readonly client?: { readonly cert: string; readonly key: string } | undefined;
}

/** What is sent to the admin server. */
export interface AdminRequest {
  readonly method?: "GET" | "PUT" | "POST" | "DELETE";
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly text?: string | undefined;
  /** Empty: none is sent. */
  readonly token?: string;
  readonly certificates?: AdminCertificates;
  /** Further header fields, by name. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Its answer, or why there is none. */
export type AdminAnswer =
  | { readonly status: number; readonly text: string }
  | { readonly failure: string };

/** Asks the admin server. Never throws. @param timeoutMs for connecting and the whole answer together. */
export async function askAdmin(
  admin: AdminAddress,
  request: AdminRequest,
  timeoutMs: number,
): Promise<AdminAnswer> {
  const { certificates = {} } = request;
  const connect = connectTo(admin, certificates);
  // A bare socket: fetch would send this through the proxy of HTTP_PROXY. In HTTP/1.0 an answer ends with its connection
  // and comes without chunks (RFC 1945, section 7.2.2).
  const { reply, failure } = await exchange({
    target: "path" in admin ? { host: "localhost", port: 1 } : admin,
    ...(connect === null ? {} : { connect }),
    data: requestBytes(hostOf(admin), request),
    until: { quietMs: timeoutMs, halfClose: false },
    timeoutMs,
  });
  if (failure !== null) return { failure: describeFailure(failure) };
  const answer = new TextDecoder().decode(reply);
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
  if (status === undefined) {
    return { failure: "the answer is not HTTP: is this the admin server's address?" };
  }
  return { status: Number(status), text: answer.slice(answer.indexOf("\r\n\r\n") + 4) };
}

/** Connects to the admin server and sends a request, for an answer that goes on. @throws what the system says. */
export async function openAdmin(
  admin: AdminAddress,
  request: AdminRequest,
  signal: AbortSignal,
): Promise<Connection> {
  const connection = await connect(admin, request.certificates ?? {}, signal);
  const bytes = requestBytes(hostOf(admin), request);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
  return connection;
}

function connect(
  admin: AdminAddress,
  certificates: AdminCertificates,
  signal: AbortSignal,
): Promise<Connection> {
  const special = connectTo(admin, certificates);
  if (special !== null) return special(signal);
  if ("path" in admin) throw new TypeError("A unix socket is no port");
  return Deno.connect({ hostname: admin.host, port: admin.port, signal });
}

/** Null where it is plain TCP. */
function connectTo(
  admin: AdminAddress,
  { ca, client }: AdminCertificates,
): ((signal: AbortSignal) => Promise<Connection>) | null {
  if ("path" in admin) return () => Deno.connect({ transport: "unix", path: admin.path });
  if (admin.tls !== true) return null;
  return async (signal) => {
    const connection = await Deno.connectTls({
      hostname: admin.host,
      port: admin.port,
      ...(ca === undefined ? {} : { caCerts: [ca] }),
      ...client,
    });
    // A server that is silent in the handshake is given up like one that is silent later.
    const close = (): void => connection.close();
    signal.addEventListener("abort", close);
    try {
      await connection.handshake();
    } finally {
      signal.removeEventListener("abort", close);
    }
    return connection;
  };
}

function hostOf(admin: AdminAddress): string {
  return "path" in admin ? "localhost" : formatHostPort(admin.host, admin.port);
}

function requestBytes(host: string, request: AdminRequest): Uint8Array<ArrayBuffer> {
  const { method = "GET", path, body, text, token = "", fields = {} } = request;
  const encoder = new TextEncoder();
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const content = encoder.encode(sent ?? "");
  const type = text === undefined ? "application/json" : "text/plain; charset=utf-8";
  const head = encoder.encode(
    [
      `${method} ${path} HTTP/1.0`,
      `Host: ${host}`,
      ...(token === "" ? [] : [`Authorization: Bearer ${token}`]),
      ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
      ...(sent === undefined ? [] : [`Content-Type: ${type}`, `Content-Length: ${content.length}`]),
    ].join("\r\n") + "\r\n\r\n",
  );
  const bytes = new Uint8Array(head.length + content.length);
  bytes.set(head);
  bytes.set(content, head.length);
  return bytes;
}
