import * as z from "zod";
import { filePath, label, listenAddress, reading } from "./config_values.ts";
import {
  isLocalhost,
  isLoopback,
  LISTEN_FORMS,
  type ListenAddress,
  parseListenAddress,
} from "./host_port.ts";

/** A unix socket to listen on. */
export interface UnixAddress {
  /** Of the socket. */
  readonly path: string;
}

/** Where the admin server listens. */
export type AdminListen = ListenAddress | UnixAddress;

/** What clients may do: `read` looks, `write` changes. */
export const ADMIN_ROLES = ["read", "write"] as const;

/** One of {@link ADMIN_ROLES}. */
export type AdminRole = typeof ADMIN_ROLES[number];

const ADMIN_LISTEN_FORMS = `${LISTEN_FORMS}, or a unix socket such as "unix:/run/fproxy/admin.sock"`;
const UNIX = "unix:";
/** Longest path of a unix socket (man 7 unix), without the zero at its end. */
const MAX_UNIX_PATH_BYTES = 107;

/**
 * Reads where the admin server listens.
 * @throws {RangeError} saying what is allowed.
 */
export function parseAdminListen(text: string): AdminListen {
  if (!text.startsWith(UNIX)) return parseListenAddress(text);
  const path = text.slice(UNIX.length);
  if (path === "" || path.endsWith("/") || path.includes("\0")) {
    throw new RangeError(`"${text}" has no path of a socket: write ${ADMIN_LISTEN_FORMS}`);
  }
  if (new TextEncoder().encode(path).length > MAX_UNIX_PATH_BYTES) {
    throw new RangeError(`"${text}": the path of a unix socket has at most ${MAX_UNIX_PATH_BYTES} bytes`);
  }
  return { path };
}

/** As it is written in a config. */
export function formatUnix({ path }: UnixAddress): string {
  return `${UNIX}${path}`;
}

/** Whether it is a unix socket. */
export function isUnix(listen: AdminListen): listen is UnixAddress {
  return "path" in listen;
}

/** Whether only programs on this machine reach it. */
export function isLocalListen(listen: AdminListen): boolean {
  return isUnix(listen) || isLoopback(listen.host) || isLocalhost(listen.host);
}

const adminListen: z.ZodType<AdminListen, string | number> = z.union([
  z.string().startsWith(UNIX).transform(reading(parseAdminListen)),
  listenAddress,
], { error: `expected a listen address: ${ADMIN_LISTEN_FORMS}` });

const socketMode = z.string({ error: 'expected a mode in quotes, such as "0660"' })
  .regex(/^0?[0-7]{3}$/, { error: 'must be a mode of three octal digits, such as "0660"' });

const hostName = z.string().regex(/^[a-z0-9_.-]+$/i, { error: "must be the name of a host, without a port" });

const adminToken = z.strictObject({
  name: label(64).describe("Whose it is, for people."),
  role: z.enum(ADMIN_ROLES).prefault("read").describe(
    "`read` may look at everything but secrets; `write` may change what can be changed, too.",
  ),
  token: z.string().optional().describe("The token. Best taken from the environment."),
  token_file: filePath.optional().describe(
    "File that holds the token, in place of `token`; a new content counts within a second.",
  ),
});

const adminTls = z.strictObject({
  cert_file: filePath.describe("PEM file of the certificate, with those between it and the root."),
  key_file: filePath.describe("PEM file of its private key, not encrypted."),
  client_ca_file: filePath.optional().describe(
    "PEM file of authorities: clients must show a certificate of one of them, besides a token. It holds for all paths, " +
      "those of probes included.",
  ),
});

/** The section `admin` of a config. */
export const adminSettings = z.strictObject({
  listen: adminListen.optional().describe(
    'Address of the admin server, or a unix socket (`"unix:/run/fproxy/admin.sock"`); without it there is none. Where ' +
      "other machines reach it, a token is required.",
  ),
  mode: socketMode.prefault("0660").describe("Who may connect to the unix socket, as a mode of chmod(1)."),
  hosts: z.array(hostName, { error: "expected a list of host names" }).prefault([]).describe(
    "Names under which clients without a token may ask it, besides addresses, `localhost` and the name in `listen`.",
  ),
  token: z.string().prefault("").describe(
    "What clients must send as `Authorization: Bearer TOKEN`, with the role `write`; empty asks for none, unless there " +
      "are `tokens`. `/livez` and `/readyz` answer without it. Best taken from the environment.",
  ),
  tokens: z.array(adminToken, { error: "expected a list of tokens" }).prefault([]).describe(
    "Further tokens, each with a role.",
  ),
  tls: adminTls.optional().describe(
    "Makes the admin server speak TLS. The files are read again when they change.",
  ),
  config_writes: z.boolean().prefault(false).describe(
    "Lets `PUT /api/v1/config` replace this file. `allow_exec` can never be switched on that way.",
  ),
  allow_exec: z.boolean().prefault(false).describe(
    "Lets `health_check` run programs (type `exec`). Whoever may write this file may then run any program as the proxy's " +
      "user.",
  ),
});

/** A valid section `admin`. */
export type AdminConfig = z.output<typeof adminSettings>;

/** TLS of the admin server. */
export type AdminTls = NonNullable<AdminConfig["tls"]>;
