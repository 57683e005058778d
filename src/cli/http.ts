import { type Command, Option } from "commander";
import type * as z from "zod";
import { systemClock } from "../base/clock.ts";
import { parseDuration } from "../base/duration.ts";
import { errorMessage } from "../base/errors.ts";
import { StaticSubscriber } from "../control/config/mod.ts";
import { formatHostPort } from "../model/address.ts";
import { type Config, type ConfigInput, configSchema } from "../model/config.ts";
import { httpSettings } from "../model/config_http.ts";
import { parseTarget } from "../model/endpoint_url.ts";
import type { ListenAddress } from "../model/host_port.ts";
import { argument, booleanArgument, listenArgument } from "./arguments.ts";
import { GO_FLAGS_HELP, GoCommand } from "./go_command.ts";
import { formatHttpLine, formatHttpRecords, type HttpLineOptions } from "./http_lines.ts";
import { type IdleFlag, tellIdleFlags } from "./idle_flags.ts";
import type { Io } from "./io.ts";
import { run } from "./run.ts";

/** Longest time for requests under way when the command is told to stop, or stops by itself. */
const DRAIN_TIMEOUT = "5s";

type HttpInput = z.input<typeof httpSettings>;

interface HttpFlags {
  readonly endpoints?: readonly string[];
  readonly address: ListenAddress;
  readonly terminalResponses: NonNullable<HttpInput["terminal_responses"]>;
  readonly fanout: boolean;
  readonly hedge?: NonNullable<HttpInput["hedge_after"]>;
  readonly stopAfter?: number;
  readonly logFile: string;
  readonly logPrefix: string;
  readonly logDate: boolean;
  readonly logTime: boolean;
  readonly logMsec: boolean;
  readonly logUtc: boolean;
}

const AFTER_HELP = `
${GO_FLAGS_HELP}
Requests of all methods may be sent to several endpoints (replay: all), also those that change
something. Endpoints are numbered from 0, in the order given. When no answer is usable the client gets status 500.

A config file can do more: \`fproxy --config FILE\` with an app in mode http.
`;

/**
 * `fproxy http`: a proxy in HTTP mode without a config file. Exit code 0 when it was stopped, 1 without endpoints and
 * where it cannot listen.
 */
export function httpCommand(io: Io): Command {
  const command = new GoCommand("http");
  return command
    .description(
      "Gives each HTTP request the first usable answer of several endpoints, without a config file",
    )
    .option("-e, --endpoints <urls>", "where requests are sent: URLs, separated by commas", endpointsArgument)
    .addOption(
      new Option("-a, --address <address>", "where to listen").argParser(listenArgument)
        .default(listenArgument(":8080"), ":8080"),
    )
    .addOption(
      new Option("-t, --terminal-responses <list>", "statuses that are usable: hundreds, codes, ranges")
        .argParser(statusesArgument).default([100, 200, 300, 400], "100,200,300,400"),
    )
    .option(
      "-f, --fanout [boolean]",
      "asks all endpoints at once, not one after another",
      booleanArgument,
      false,
    )
    .option(
      "--hedge <when>",
      "asks the next endpoint too after 50ms, say, or at p95 of recent times",
      hedgeArgument,
    )
    .option(
      "-s, --stop-after <duration>",
      "stops by itself after this long, as 5s; 0 never",
      argument(parseDuration),
    )
    .option("--log-file <file>", "file that lines are appended to, or stdout, or stderr", "stdout")
    .option("--log-prefix <text>", "begins each line", "fproxy")
    .option("--log-date [boolean]", "lines tell the date", booleanArgument, true)
    .option("--log-time [boolean]", "lines tell the time", booleanArgument, true)
    .option("--log-msec [boolean]", "lines tell the time more exactly", booleanArgument, false)
    .option("--log-utc [boolean]", "date and time are UTC, not local", booleanArgument, false)
    .addHelpText("after", AFTER_HELP)
    .action(async (flags: HttpFlags) => {
      Deno.exitCode = await http(flags, command, io);
    });
}

async function http(flags: HttpFlags, command: Command, io: Io): Promise<number> {
  const { endpoints, fanout, hedge, stopAfter } = flags;
  if (endpoints === undefined) {
    io.stderr("http: no endpoints: give at least -e URL\n\n");
    command.outputHelp({ error: true });
    return 1;
  }
  if (fanout && hedge !== undefined) {
    command.error("error: -fanout asks all endpoints at once: -hedge has no use there");
  }
  tellIdleFlags(command, io, idleFlags(flags, endpoints.length));
  const lines: HttpLineOptions = {
    prefix: flags.logPrefix,
    date: flags.logDate,
    time: flags.logTime,
    microseconds: flags.logMsec,
    utc: flags.logUtc,
  };
  const line = (text: string): string => formatHttpLine(text, systemClock.wallTime(), lines);
  return await run({
    subscriber: new StaticSubscriber(httpConfig(flags, endpoints), "the command line"),
    logLevel: "warn",
    formatAccess: (records) => formatHttpRecords(records, lines),
    bindOrExit: true,
    stopAfterMs: stopAfter === 0 ? undefined : stopAfter,
    onReady: (status, log) => {
      endpoints.forEach((url, index) => log.write(line(`configuring endpoint ${index}: "${url}"`)));
      for (const { address } of status.apps[0]?.listeners ?? []) {
        log.write(line(`starting on: "${address}"`));
      }
    },
  }, io);
}

function idleFlags(flags: HttpFlags, endpoints: number): IdleFlag[] {
  const { fanout, logDate, logTime, logMsec } = flags;
  const isSingle = endpoints === 1;
  const because = "there is one endpoint";
  return [
    { flag: "fanout", name: "-fanout", isIdle: isSingle && fanout, because },
    { flag: "hedge", name: "-hedge", isIdle: isSingle, because },
    {
      flag: "logTime",
      name: "-log-time=false",
      isIdle: logMsec && !logTime,
      because: "-log-msec tells the time",
    },
    {
      flag: "logUtc",
      name: "-log-utc",
      isIdle: flags.logUtc && !logDate && !logTime && !logMsec,
      because: "lines tell neither date nor time",
    },
  ];
}

/** What the same would be in a config file. */
function httpConfig(flags: HttpFlags, endpoints: readonly string[]): Config {
  const { fanout, hedge, terminalResponses, logFile } = flags;
  return configSchema.parse(
    {
      access_log: { to: sinkOf(logFile) },
      apps: [{
        name: "http",
        mode: "http",
        ports: [formatHostPort(flags.address.host, flags.address.port)],
        targets: [...endpoints],
        drain_timeout: DRAIN_TIMEOUT,
        http: {
          dispatch: fanout ? "fanout" : hedge === undefined ? "sequential" : "hedged",
          ...(hedge === undefined ? {} : { hedge_after: hedge }),
          terminal_responses: terminalResponses,
          replay: "all",
          on_exhausted: 500,
        },
      }],
    } satisfies ConfigInput,
  );
}

/** A file in this directory needs a slash in the config, where words without one have another meaning. */
function sinkOf(file: string): string {
  if (file === "" || file === "stdout") return "stdout";
  return file === "stderr" || file.includes("/") ? file : `./${file}`;
}

const endpointsArgument = argument((text) => {
  const urls = text.split(",").map((url) => url.trim());
  for (const url of urls) checkEndpoint(url);
  return urls;
});

/** @throws {RangeError} that names URLs too: of a text without a scheme the parser takes another to be meant. */
function checkEndpoint(url: string): void {
  try {
    parseTarget(url);
  } catch (error) {
    if (url.includes("://")) throw error;
    throw new RangeError(`${errorMessage(error)}, or an http or https URL`);
  }
}

const statusesArgument = argument((text) => {
  const statuses = text.split(",").map((status) => status.trim()).map((status) =>
    /^\d+$/.test(status) ? Number(status) : status
  );
  return checked(httpSettings.shape.terminal_responses, statuses, text);
});

const hedgeArgument = argument((text) => checked(httpSettings.shape.hedge_after, text, text));

/** A value that a key of the config takes. @throws {RangeError} in the words of the schema. */
function checked<T>(schema: z.ZodType<unknown, T>, value: T, text: string): T {
  const result = schema.safeParse(value);
  if (result.success) return value;
  throw new RangeError(`"${text}": ${result.error.issues[0]?.message}`);
}
