import { Option } from "commander";
import { formatHostPort } from "../model/address.ts";
import type { HostPort } from "../model/host_port.ts";
import { exchange } from "../tools/exchange.ts";
import { describeFailure } from "../tools/failure.ts";
import { targetArgument } from "./arguments.ts";

/** Where the example config has its admin server. */
const DEFAULT_ADMIN: HostPort = { host: "127.0.0.1", port: 9901 };

/** The option that names the admin server. */
export function adminOption(): Option {
  return new Option("-a, --admin <address>", "its admin server, HOST:PORT").argParser(targetArgument)
    .default(DEFAULT_ADMIN, formatHostPort(DEFAULT_ADMIN.host, DEFAULT_ADMIN.port));
}

/** A request to the admin server. */
export interface AdminRequest {
  readonly method?: "GET" | "PUT" | "DELETE";
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Empty: none is sent. */
  readonly token?: string;
  /** For connecting and the whole answer together. */
  readonly timeoutMs: number;
}

/** Its answer, or why there is none. */
export type AdminAnswer =
  | { readonly status: number; readonly text: string }
  | { readonly failure: string };

/** Asks the admin server. Never throws. */
export async function askAdmin(admin: HostPort, request: AdminRequest): Promise<AdminAnswer> {
  const { timeoutMs } = request;
  // A bare socket: fetch would send this through the proxy of HTTP_PROXY. In HTTP/1.0 an answer ends with its connection
  // and comes without chunks (RFC 1945, section 7.2.2).
  const { reply, failure } = await exchange({
    target: admin,
    data: requestBytes(admin, request),
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

function requestBytes(admin: HostPort, request: AdminRequest): Uint8Array<ArrayBuffer> {
  const { method = "GET", path, body, token = "" } = request;
  const encoder = new TextEncoder();
  const content = body === undefined ? new Uint8Array() : encoder.encode(JSON.stringify(body));
  const head = encoder.encode(
    [
      `${method} ${path} HTTP/1.0`,
      `Host: ${formatHostPort(admin.host, admin.port)}`,
      ...(token === "" ? [] : [`Authorization: Bearer ${token}`]),
      ...(body === undefined ? [] : ["Content-Type: application/json", `Content-Length: ${content.length}`]),
    ].join("\r\n") + "\r\n\r\n",
  );
  const bytes = new Uint8Array(head.length + content.length);
  bytes.set(head);
  bytes.set(content, head.length);
  return bytes;
}
