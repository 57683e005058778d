import { type Command, Option } from "commander";
import { errorMessage, FproxyError } from "../../base/errors.ts";
import { processEnvironment, readAdminSection } from "../../control/config/mod.ts";
import { isUnix } from "../../model/config_admin.ts";
import { argument } from "../arguments.ts";
import type { AdminAddress } from "./admin_address.ts";
import { parseAdminAddress } from "./admin_address.ts";
import type { AdminCertificates } from "./admin_client.ts";

/** Where the example config has its admin server. */
const DEFAULT_ADMIN: AdminAddress = { host: "127.0.0.1", port: 9901 };

/** Flags of every command that asks the admin server. */
export interface AdminFlags {
  readonly admin?: AdminAddress;
  readonly config?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** The admin server that flags name, and what it asks for. */
export interface AdminAccess {
  readonly address: AdminAddress;
  /** To be said where it does not answer: why it may be elsewhere. */
  readonly note: string;
  /** Empty for none. */
  readonly token: string;
  readonly certificates: AdminCertificates;
}

/** Adds the options that name the admin server. @param config what `--config` is, where it is for something else besides. */
export function addAdminOptions(
  command: Command,
  config = "config that says where its admin server is",
): Command {
  return command
    .addOption(
      new Option(
        "-a, --admin <address>",
        "its admin server: HOST:PORT, https://HOST:PORT or unix:PATH; else admin.listen of the config, else 127.0.0.1:9901",
      ).argParser(argument(parseAdminAddress)).env("FPROXY_ADMIN"),
    )
    .addOption(
      new Option("-c, --config <file>", config).env("FPROXY_CONFIG_PATH"),
    )
    .option("--ca-file <file>", "PEM file of the authority of its certificate, for https")
    .option("--cert-file <file>", "PEM file of the certificate to show, for https")
    .option("--key-file <file>", "PEM file of its private key");
}

/** Adds those of the token. */
export function addTokenOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--token <token>", "its token (better in the environment: others see command lines)").env(
        "FPROXY_ADMIN_TOKEN",
      ),
    )
    .option("--token-file <file>", "file that holds the token; goes before --token");
}

/**
 * What the flags say.
 * @throws {FproxyError} code `admin`, in words for people.
 */
export async function adminAccess(flags: AdminFlags): Promise<AdminAccess> {
  const { admin, config = "", token = "", tokenFile, caFile, certFile, keyFile } = flags;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw failed("--cert-file and --key-file go together");
  }
  const place = admin === undefined && config !== ""
    ? await addressIn(config)
    : { address: admin ?? DEFAULT_ADMIN, note: "" };
  const client = certFile === undefined || keyFile === undefined
    ? undefined
    : { cert: await read(certFile), key: await read(keyFile) };
  return {
    ...place,
    token: tokenFile === undefined ? token : (await read(tokenFile)).trim(),
    certificates: { ca: caFile === undefined ? undefined : await read(caFile), client },
  };
}

/**
 * Where the proxy that runs this config has its admin server. A file that does not say it is no failure: it may be in the
 * middle of being edited, and the proxy well.
 */
async function addressIn(path: string): Promise<Pick<AdminAccess, "address" | "note">> {
  const admin = await readAdminSection(path, processEnvironment);
  const unknown = (why: string): Pick<AdminAccess, "address" | "note"> => ({
    address: DEFAULT_ADMIN,
    note: ` (${path} ${why}: give --admin)`,
  });
  if (admin === null) return unknown("cannot be read");
  const { listen, tls } = admin;
  if (listen === undefined) return unknown("has no admin.listen");
  if (isUnix(listen)) return { address: listen, note: "" };
  if (listen.port === 0) return unknown("has the system choose the port of the admin server");
  const host = { "0.0.0.0": "127.0.0.1", "::": "::1" }[listen.host] ?? listen.host;
  return { address: { host, port: listen.port, tls: tls !== undefined }, note: "" };
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw failed(`Cannot read ${path}: ${errorMessage(error)}`);
  }
}

/** A failure of a command that asks the admin server, in words for people. @param mayPass whether it may be over later. */
export function failed(message: string, mayPass = false): FproxyError {
  return new FproxyError("admin", message, "internal", mayPass);
}
