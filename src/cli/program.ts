import { Command, CommanderError, Option } from "commander";
import { LOG_LEVELS } from "../base/log.ts";
import { didYouMean } from "../control/config/did_you_mean.ts";
import type { LogLevel } from "../base/log.ts";
import { type Io, OutputError } from "./io.ts";
import { VERSION } from "./version_number.ts";

/** A sub-command: its module is loaded only when it is used, so that the proxy itself starts fast. */
interface LazyCommand {
  readonly name: string;
  readonly summary: string;
  /** Whether it is for programs, and no help shows it. */
  readonly isHidden?: boolean;
  load(io: Io): Promise<Command>;
}

/** Every sub-command, in the order of the help text. */
const COMMANDS: readonly LazyCommand[] = [
  {
    name: "http",
    summary: "Gives each HTTP request the first usable answer of several endpoints, without a config file",
    load: async (io) => (await import("./http.ts")).httpCommand(io),
  },
  {
    name: "check",
    summary: "Checks a config and shows its apps, listeners and targets",
    load: async (io) => (await import("./check.ts")).checkCommand(io),
  },
  {
    name: "health",
    summary: "Asks a running proxy whether it is ready, for container health checks",
    load: async (io) => (await import("./health.ts")).healthCommand(io),
  },
  {
    name: "status",
    summary: "Shows a running proxy: its apps, their targets in service, open sessions",
    load: async (io) => (await import("./operator/status.ts")).statusCommand(io),
  },
  {
    name: "top",
    summary: "Shows live rates, times and targets of a running proxy, over the whole screen",
    load: async (io) => (await import("./operator/top.ts")).topCommand(io),
  },
  {
    name: "logs",
    summary: "Shows what a running proxy logs",
    load: async (io) => (await import("./operator/logs.ts")).logsCommand(io),
  },
  {
    name: "reload",
    summary: "Has a running proxy read its config again, and says what became of it",
    load: async (io) => (await import("./operator/reload.ts")).reloadCommand(io),
  },
  {
    name: "plan",
    summary: "Asks a running proxy what a reload with another config would touch",
    load: async (io) => (await import("./operator/plan.ts")).planCommand(io),
  },
  {
    name: "rollouts",
    summary: "Shows the last rollouts of a running proxy, or one with its receipt",
    load: async (io) => (await import("./operator/rollouts.ts")).rolloutsCommand(io),
  },
  {
    name: "log-level",
    summary: "Shows the level of a running proxy's log, or changes it",
    load: async (io) => (await import("./operator/log_level.ts")).logLevelCommand(io),
  },
  {
    name: "targets",
    summary: "Shows what config, operators and health checks say of an app's targets",
    load: async (io) => (await import("./operator/targets.ts")).targetsCommand(io),
  },
  {
    name: "drain",
    summary: "Gives a target no new sessions; those that are open go on",
    load: async (io) => (await import("./operator/drain.ts")).drainCommand(io, "drain"),
  },
  {
    name: "maint",
    summary: "Gives a target no new sessions, and checks its health no more",
    load: async (io) => (await import("./operator/drain.ts")).drainCommand(io, "maint"),
  },
  {
    name: "undrain",
    summary: "Gives a target new sessions again, after drain or maint",
    load: async (io) => (await import("./operator/drain.ts")).undrainCommand(io),
  },
  {
    name: "sessions",
    summary: "Shows the sessions that are open now, or ends them",
    load: async (io) => (await import("./operator/sessions.ts")).sessionsCommand(io),
  },
  {
    name: "why",
    summary: "Tells why a session went as it did: who was passed over, what was tried, who closed",
    load: async (io) => (await import("./operator/why.ts")).whyCommand(io),
  },
  {
    name: "weight",
    summary: "Gives a target another share of new sessions",
    load: async (io) => (await import("./operator/weight.ts")).weightCommand(io),
  },
  {
    name: "region",
    summary: "Keeps the apps of a region in a store on NATS JetStream",
    load: async (io) => (await import("./region/region.ts")).regionCommands(io),
  },
  {
    name: "control",
    summary: "Places the apps of a region on its nodes, where no other control leads",
    load: async (io) => (await import("./region/control.ts")).controlCommand(io),
  },
  {
    name: "front",
    summary: "Has HAProxy, a DNS server or a program of yours follow where the apps of a region are",
    load: async (io) => (await import("./region/front.ts")).frontCommand(io),
  },
  {
    name: "schema",
    summary: "Prints the JSON Schema of the config",
    load: async (io) => (await import("./schema.ts")).schemaCommand(io),
  },
  {
    name: "demo",
    summary: "Runs the proxy with built-in targets, shows how it balances, and stops one on a key",
    load: async (io) => (await import("./demo.ts")).demoCommand(io),
  },
  {
    name: "echo",
    summary: "Runs a TCP echo server, a target to try a proxy against",
    load: async (io) => (await import("./echo.ts")).echoCommand(io),
  },
  {
    name: "dummy",
    summary: "Runs an HTTP server that is slow and flaky on purpose, a target to try an HTTP proxy against",
    load: async (io) => (await import("./dummy.ts")).dummyCommand(io),
  },
  {
    name: "test",
    summary: "Tries a proxy, or any TCP service, from outside",
    load: async (io) => (await import("./test.ts")).testCommand(io),
  },
  {
    name: "version",
    summary: "Prints the version, and how the program was made",
    load: async (io) => (await import("./version.ts")).versionCommand(io),
  },
  {
    name: "complete",
    summary: "Names that may stand in a line; for shells",
    isHidden: true,
    load: async (io) =>
      (await import("./complete.ts")).completeCommand(
        io,
        (isNeeded) => buildProgram({ ...io, stderr: () => {} }, isNeeded),
      ),
  },
  {
    name: "completion",
    summary: "Writes a completion script for a shell",
    load: async (io) =>
      (await import("./completion.ts")).completionCommand(io, () => buildProgram(io, () => true)),
  },
];

/** Exit code of wrong usage. */
export const EXIT_USAGE = 2;

interface RunFlags {
  readonly config?: string;
  readonly logLevel?: LogLevel;
}

/**
 * Runs the command line.
 * @param args without the program's own name.
 * @returns exit code: 0 all well, 1 failed, 2 wrong usage or a wrong config.
 */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  Deno.exitCode = 0;
  try {
    const program = await buildProgram(io, (name) => args.includes(name));
    await program.parseAsync(args, { from: "user" });
    return Number(Deno.exitCode);
  } catch (error) {
    // Help and version end this way too, with code 0; the message is already written.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (!(error instanceof OutputError)) throw error;
    io.stderr(`fproxy: ${error.message}\n`);
    return 1;
  }
}

/**
 * The whole command tree.
 * @param isNeeded whether a sub-command is to be loaded; the others only show their summary.
 */
export async function buildProgram(io: Io, isNeeded: (name: string) => boolean): Promise<Command> {
  const program: Command = new Command("fproxy")
    .description("Balances TCP and HTTP over the targets of the apps in a config file, which it watches.")
    .version(`fproxy ${VERSION}`, "-V, --version", "prints the version")
    .addOption(new Option("-c, --config <file>", "config file, YAML or JSON").env("FPROXY_CONFIG_PATH"))
    .addOption(
      new Option("--log-level <level>", "overrides log.level of the config").choices(LOG_LEVELS).env(
        "FPROXY_LOG",
      ),
    )
    .option("--no-color", "plain text, also on a terminal")
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .hook("preSubcommand", (_, command) => refuseForeignOptions(program, command))
    // They are looked at in the action, which knows better what was meant.
    .allowExcessArguments()
    .action(async (flags: RunFlags) => {
      Deno.exitCode = program.args.length > 0 ? explain(program) : await runProxy(flags, program, io);
    });
  for (const command of COMMANDS) {
    program.addCommand(
      isNeeded(command.name)
        ? await command.load(io)
        : new Command(command.name).description(command.summary),
      { hidden: command.isHidden === true },
    );
  }
  configure(program, io);
  return program;
}

/** What stands before a command is for running the proxy, and the command would not see it. */
function refuseForeignOptions(program: Command, command: Command): void {
  for (const option of program.options) {
    const name = option.attributeName();
    // Colours are switched off for the whole program.
    if (name === "color" || program.getOptionValueSource(name) !== "cli") continue;
    const isKnown = command.options.some((own) => own.attributeName() === name);
    program.error(
      `error: ${option.long} before '${command.name()}' does nothing: ` +
        (isKnown ? `write it behind '${command.name()}'` : `it is for running the proxy`),
    );
  }
}

/** What is neither an option nor a command: `help`, or a mistake. */
function explain(program: Command): number {
  const [word = "", about] = program.args;
  const commands = [...program.commands];
  if (word === "help") {
    const wanted = about === undefined ? program : commands.find((command) => command.name() === about);
    wanted?.outputHelp();
    if (wanted !== undefined) return 0;
  }
  const unknown = word === "help" ? about ?? "" : word;
  const near = didYouMean(unknown, commands.map((command) => command.name()));
  return program.error(
    `error: unknown command '${unknown}'${near === undefined ? "" : `\n(Did you mean ${near}?)`}`,
  );
}

async function runProxy(flags: RunFlags, program: Command, io: Io): Promise<number> {
  if (flags.config === undefined || flags.config === "") {
    io.stderr("fproxy: no config: give --config FILE or set FPROXY_CONFIG_PATH\n\n");
    io.stderr(program.helpInformation());
    return EXIT_USAGE;
  }
  const [{ configFile }, { run }] = await Promise.all([import("./config_file.ts"), import("./run.ts")]);
  return await run({ subscriber: configFile(flags.config), logLevel: flags.logLevel }, io);
}

/** Output and exit behave the same in every sub-command. */
function configure(command: Command, io: Io): void {
  command.exitOverride();
  command.configureOutput({ writeOut: (text) => io.stdout(text), writeErr: (text) => io.stderr(text) });
  command.helpOption("-h, --help", "shows this help");
  for (const child of command.commands) configure(child, io);
}
