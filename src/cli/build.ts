import { fileURLToPath } from "node:url";

/** How a program was made: what stands in `build.json` beside a bundled one. */
export interface BuildFile {
  /** `portable`: a self-contained file that unpacks itself. `image`: laid out in a container image. */
  readonly kind: "portable" | "image";
}

/** How the running program was made. */
export interface Build {
  /** `compiled`: by `deno compile`. `source`: not made at all, the sources run. */
  readonly kind: BuildFile["kind"] | "compiled" | "source";
  /** Directory that its modules are loaded from; of a compiled program one inside of it. */
  readonly directory: string;
}

/** Tells how the running program was made. @param main URL of its first module. */
export function programBuild(main: string = Deno.mainModule): Build {
  const directory = fileURLToPath(new URL(".", main));
  if (Deno.build.standalone) return { kind: "compiled", directory };
  try {
    const { kind } = JSON.parse(Deno.readTextFileSync(new URL("build.json", main))) as BuildFile;
    return { kind, directory };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { kind: "source", directory };
  }
}
