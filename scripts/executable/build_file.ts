import type { BuildFile } from "../../src/cli/build.ts";

/** Writes beside a bundled program how it was made, for `fproxy version --build`. */
export async function writeBuild(directory: string, kind: BuildFile["kind"]): Promise<void> {
  const build: BuildFile = { kind };
  await Deno.writeTextFile(`${directory}/build.json`, `${JSON.stringify(build)}\n`);
}
