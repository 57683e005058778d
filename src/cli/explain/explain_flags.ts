import { type Command, Option } from "commander";
import { parseIpAddress, parseListenAddress } from "../../model/host_port.ts";
import type { SocketAddress } from "../../model/address.ts";
import { argument } from "../arguments.ts";
import type { AskedClient, AskedRequest } from "./asked_client.ts";
import { PLAIN_REQUEST } from "./asked_client.ts";

/** A port that systems give to clients, where none is said. */
const CLIENT_PORT = 50_000;

/** The flags of a question, as commander has them. */
export interface ExplainFlags {
  readonly explain?: boolean;
  readonly client?: SocketAddress;
  readonly app?: string;
  readonly listener?: SocketAddress;
  readonly time?: number;
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly header?: readonly string[];
}

const clientArgument = argument((text: string) => parseIpAddress(text, CLIENT_PORT));

const listenerArgument = argument((text: string): SocketAddress => {
  const { host, port } = parseListenAddress(text);
  return { ip: host, port };
});

const timeArgument = argument((text: string): number => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || !/(?:Z|[+-]\d\d:?\d\d)$/.test(text)) {
    throw new RangeError(`"${text}" is no time: write it as in 2026-03-01T22:00:00Z`);
  }
  return ms;
});

const pathArgument = argument((text: string): string => {
  if (!text.startsWith("/")) throw new RangeError(`"${text}" is no path: it begins with a slash`);
  return text;
});

const headerArgument = argument((text: string): string => {
  if (!/^[^:\s]+:/.test(text)) throw new RangeError(`"${text}" is no header field: write "Name: value"`);
  return text;
});

/** Adds the flags of a question to a command. */
export function addExplainFlags(command: Command): Command {
  return command
    .option("--explain", "says which target a client would get, and why each rule and target was passed over")
    .addOption(
      new Option("--client <address>", "the client, as in 10.0.0.9 or 10.0.0.9:40000").argParser(
        clientArgument,
      ),
    )
    .option("--app <name>", "the app; may be left out where there is one")
    .addOption(
      new Option("--listener <address>", "where the client comes to; the app's first address unless given")
        .argParser(listenerArgument),
    )
    .addOption(
      new Option("--time <time>", "when, as in 2026-03-01T22:00:00Z; now unless given").argParser(
        timeArgument,
      ),
    )
    .option("--method <method>", "method of the request, in mode http; GET unless given")
    .addOption(
      new Option("--path <path>", "its path, with the query; / unless given").argParser(pathArgument),
    )
    .option("--host <host>", "the host that it is for")
    .addOption(
      new Option("--header <field>", 'a header field of it, as "Name: value"; may be repeated')
        .argParser((text, before?: readonly string[]) => [...before ?? [], headerArgument(text)]),
    );
}

/**
 * The question that flags ask, null where they ask none.
 * @throws {RangeError} when one is missing, or means nothing without another.
 */
export function askedBy(flags: ExplainFlags, now: () => number): AskedClient | null {
  const { explain, client, app, listener, time, method, path, host, header } = flags;
  const details = Object.keys(flags).filter((key) => !["config", "explain"].includes(key));
  if (explain !== true) {
    if (details.length > 0) throw new RangeError(`--${details[0]} is for --explain`);
    return null;
  }
  if (client === undefined) throw new RangeError("--explain needs --client, as in --client 10.0.0.9");
  const isRequest = [method, path, host, header].some((flag) => flag !== undefined);
  const request: AskedRequest = {
    method: method ?? PLAIN_REQUEST.method,
    path: path ?? PLAIN_REQUEST.path,
    host: host ?? PLAIN_REQUEST.host,
    headers: header ?? PLAIN_REQUEST.headers,
  };
  return {
    client,
    wallTimeMs: time ?? now(),
    ...(app === undefined ? {} : { app }),
    ...(listener === undefined ? {} : { listener }),
    ...(isRequest ? { request } : {}),
  };
}
