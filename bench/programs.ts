/** A program of others that the benchmark runs. */
export interface ForeignProgram {
  /** How it is called. */
  readonly command: string;
  /** Arguments that make it print its version. */
  readonly versionArgs: readonly string[];
  /** Debian packages that bring it. */
  readonly packages: readonly string[];
}

/** Everything that is needed beside Deno. */
export const FOREIGN_PROGRAMS: readonly ForeignProgram[] = [
  { command: "haproxy", versionArgs: ["-v"], packages: ["haproxy"] },
  { command: "nginx", versionArgs: ["-v"], packages: ["nginx-light", "libnginx-mod-stream"] },
  { command: "wrk", versionArgs: ["-v"], packages: ["wrk"] },
  { command: "curl", versionArgs: ["--version"], packages: ["curl"] },
  { command: "taskset", versionArgs: ["--version"], packages: ["util-linux"] },
];

/** Versions by command. @throws {RangeError} naming all that are missing and how to install them. */
export function findPrograms(programs: readonly ForeignProgram[]): Record<string, string> {
  const versions: Record<string, string> = {};
  const missing: ForeignProgram[] = [];
  for (const program of programs) {
    const version = versionOf(program);
    if (version === null) missing.push(program);
    else versions[program.command] = version;
  }
  if (missing.length > 0) throw new RangeError(missingMessage(missing));
  return versions;
}

/** What to tell someone who lacks programs. */
export function missingMessage(missing: readonly ForeignProgram[]): string {
  const commands = missing.map((program) => program.command).join(", ");
  const packages = [...new Set(missing.flatMap((program) => program.packages))].join(" ");
  return `missing: ${commands}. Install with\n  apt-get install -y ${packages}`;
}

/** The first thing in a program's greeting that looks like a version. */
export function findVersion(text: string): string {
  return /\d+\.\d+[\w.+~-]*/.exec(text)?.[0] ?? "unknown";
}

function versionOf({ command, versionArgs }: ForeignProgram): string | null {
  try {
    // Some print their version as an error, and some end with one.
    const { stdout, stderr } = new Deno.Command(command, { args: [...versionArgs] }).outputSync();
    const decoder = new TextDecoder();
    return findVersion(decoder.decode(stdout) + decoder.decode(stderr));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
