import { type Command, Option } from "commander";
import { errorMessage, FproxyError } from "../../base/errors.ts";
import { loadConfigFile, processEnvironment } from "../../control/config/mod.ts";
import { isUnix } from "../../model/config_admin.ts";
import { STRATEGY_NAMES } from "../../model/config_strategy.ts";
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
  /** Empty for none. */
  readonly token: string;
  readonly certificates: AdminCertificates;
}

/** Adds the options that name the admin server. */
export function addAdminOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "-a, --admin <address>",
        "its admin server: HOST:PORT, https://HOST:PORT or unix:PATH; else admin.listen of the config, else 127.0.0.1:9901",
      ).argParser(argument(parseAdminAddress)).env("FPROXY_ADMIN"),
    )
    .addOption(
      new Option("-c, --config <file>", "config that says where its admin server is").env(
        "FPROXY_CONFIG_PATH",
      ),
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
  const address = admin ?? (config === "" ? DEFAULT_ADMIN : await addressIn(config));
  const client = certFile === undefined || keyFile === undefined
    ? undefined
    : { cert: await read(certFile), key: await read(keyFile) };
  return {
    address,
    token: tokenFile === undefined ? token : (await read(tokenFile)).trim(),
    certificates: { ca: caFile === undefined ? undefined : await read(caFile), client },
  };
}

/** Where the proxy that runs this config has its admin server. */
async function addressIn(path: string): Promise<AdminAddress> {
  const result = await loadConfigFile(path, processEnvironment, { strategies: STRATEGY_NAMES });
  if (!result.ok) {
    const [first] = result.diagnostics.filter(({ severity }) => severity === "error");
    throw failed(
      `${path} does not say where the admin server is: ${first?.message ?? "it is not valid"} ` +
        "(give --admin)",
    );
  }
  const { listen, tls } = result.config.admin;
  if (listen === undefined) throw failed(`${path} has no admin server: it needs admin.listen`);
  if (isUnix(listen)) return listen;
  if (listen.port === 0) {
    throw failed(`${path} has the system choose the port of the admin server: give --admin`);
  }
  const host = { "0.0.0.0": "127.0.0.1", "::": "::1" }[listen.host] ?? listen.host;
  return { host, port: listen.port, tls: tls !== undefined };
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw failed(`Cannot read ${path}: ${errorMessage(error)}`);
  }
}

/** A failure of a command that asks the admin server, in words for people. */
export function failed(message: string): FproxyError {
  return new FproxyError("admin", message);
}
