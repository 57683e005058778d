import { Command, Option } from "commander";
import { join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import type { RegionFile } from "../../region/init/region_files.ts";
import { argument } from "../arguments.ts";
import type { Io } from "../io.ts";

interface InitFlags {
  readonly dir: string;
  readonly name: string;
  readonly nodes: number;
  readonly fronts: number;
  readonly server: readonly string[];
}

const MOST_NODES = 1_000;
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const HOST = /^[\w.-]{1,253}$|^[\da-fA-F:.]{2,45}$/;

/** `fproxy region init`: the files that a region begins with. */
export function initCommand(io: Io): Command {
  return new Command("init")
    .description(
      "Writes what a region begins with: configs of NATS servers, certificates, users, configs of its programs",
    )
    .requiredOption("-d, --dir <folder>", "folder for the files; it is made, and has to be empty")
    .addOption(
      new Option("--name <region>", "name of the region").argParser(argument(parseName)).default("main"),
    )
    .addOption(
      new Option("-n, --nodes <number>", "how many nodes get a config").argParser(argument(parseNodes))
        .default(3),
    )
    .addOption(
      new Option("--fronts <number>", "how many programs of fronts get a user and a config")
        .argParser(argument(parseNodes)).default(0),
    )
    .addOption(
      new Option(
        "-s, --server <hosts...>",
        "addresses or names of the NATS servers; three on this machine unless given",
      )
        .argParser((
          text: string,
          before: readonly string[] | undefined,
        ) => [...(before ?? []), argument(parseHost)(text)]),
    )
    .action(async (flags: Omit<InitFlags, "server"> & { readonly server?: readonly string[] }) => {
      Deno.exitCode = await init({ ...flags, server: flags.server ?? Array(3).fill("127.0.0.1") }, io);
    });
}

function parseName(text: string): string {
  if (!NAME.test(text)) {
    throw new RangeError(`"${text}" is no name: lower-case letters, digits and hyphens, at most 32`);
  }
  return text;
}

function parseNodes(text: string): number {
  const nodes = Number(text);
  if (!/^\d{1,4}$/.test(text) || nodes > MOST_NODES) {
    throw new RangeError(`"${text}" is no number, at most ${MOST_NODES}`);
  }
  return nodes;
}

function parseHost(text: string): string {
  if (!HOST.test(text)) throw new RangeError(`"${text}" is neither an address nor a name`);
  return text;
}

/** @returns exit code: 0 when all is written, 1 where it is not. */
async function init(
  { dir, name: region, nodes, fronts, server: servers }: InitFlags,
  io: Io,
): Promise<number> {
  const { regionFiles } = await import("../../region/init/region_files.ts");
  const numbered = (kind: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${kind}-${at + 1}`);
  const programs = { nodes: numbered("node", nodes), fronts: numbered("front", fronts) };
  try {
    await Deno.mkdir(dir, { recursive: true });
    if ([...Deno.readDirSync(dir)].length > 0) {
      io.stderr(`init: ${dir} is not empty, and nothing is written over\n`);
      return 1;
    }
    const files = await regionFiles({ region, ...programs, servers, now: systemClock.wallTime() });
    for (const file of files) await write(dir, file);
    io.stdout(`${files.length} files in ${dir}; its README.md says what to do with them\n`);
    return 0;
  } catch (error) {
    io.stderr(`init: ${errorMessage(error)}\n`);
    return 1;
  }
}

async function write(dir: string, { path, text, isSecret }: RegionFile): Promise<void> {
  await Deno.writeTextFile(join(dir, path), text, { createNew: true, mode: isSecret ? 0o600 : 0o644 });
}
