import { Command } from "commander";
import { programBuild } from "./build.ts";
import type { Io } from "./io.ts";
import { formatTable } from "./table.ts";
import { VERSION } from "./version_number.ts";

/** What `--build` says of each way of making the program. */
const MADE = {
  compiled: "compiled, by deno compile",
  portable: "portable, a self-contained file that was unpacked",
  image: "image, laid out in a container image",
  source: "source, run as it is",
} as const;

/** `fproxy version`: prints the version; with `--build` also how the program was made and what it runs on. Exit code 0. */
export function versionCommand(io: Io): Command {
  return new Command("version")
    .description("Prints the version")
    .option("--build", "tells also how the program was made, what it runs on and from where")
    .action((flags: { readonly build?: true }) => {
      io.stdout(`fproxy ${VERSION}\n`);
      if (flags.build === true) io.stdout(buildText());
    });
}

/** One fact a line, never broken: what it says is for scripts, too. */
function buildText(): string {
  const { kind, directory } = programBuild();
  return formatTable([
    ["build", MADE[kind]],
    ["deno", `${Deno.version.deno}, V8 ${Deno.version.v8}`],
    ["target", Deno.build.target],
    ["from", directory],
  ]);
}
