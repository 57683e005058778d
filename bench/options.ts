import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Suite } from "./suite.ts";

/** What a run does. */
export interface Options {
  readonly help: boolean;
  /** Short measurements, one round unless told otherwise. */
  readonly quick: boolean;
  readonly rounds: number;
  /** Names of rivals; empty takes all. */
  readonly only: readonly string[];
  /** Names of scenarios; empty takes all. */
  readonly scenarios: readonly string[];
  /** Folder of the checkout to measure. */
  readonly program: string;
  /** Folder of a checkout that is measured beside it, null for none. */
  readonly before: string | null;
  /** Whether each fproxy is also measured with nobody who looks at it, and with somebody who does. */
  readonly watched: boolean;
  /** Whether the results file is added to. */
  readonly save: boolean;
}

/** Text of `--help`. */
export function helpText(suites: readonly Suite[]): string {
  const { rivals, scenarios } = knownNames(suites);
  return `Measures fproxy beside HAProxy and nginx on one pinned core. See bench/README.md.

  deno task bench [options]

  --quick            short measurements, one round: some minutes
  --rounds N         measure everything N times and take medians (default 3)
  --only A,B         these rivals alone: ${rivals.join(", ")}
  --scenarios A,B    these scenarios alone: ${scenarios.join(", ")}
  --program DIR      measure the fproxy of another checkout
  --before DIR       measure that checkout's fproxy in the same run, too, each compared with its successor
  --watched          measure each fproxy silent and watched, too: the second is compared with the first
  --no-save          do not add to bench/results.jsonl
`;
}

const MAX_ROUNDS = 100;

/** Reads the command line. @throws {RangeError} saying what is allowed. */
export function parseOptions(args: readonly string[], suites: readonly Suite[]): Options {
  const values = readFlags(args);
  const { rivals, scenarios } = knownNames(suites);
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS) {
    throw new RangeError(`--rounds ${values.rounds} is not a whole number from 1 to ${MAX_ROUNDS}`);
  }
  return {
    help: values.help ?? false,
    quick: values.quick ?? false,
    rounds,
    only: names("--only", values.only, rivals),
    scenarios: names("--scenarios", values.scenarios, scenarios),
    program: values.program ?? fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, ""),
    before: values.before ?? null,
    watched: values.watched ?? false,
    save: !(values["no-save"] ?? false),
  };
}

interface Flags {
  readonly help?: boolean;
  readonly quick?: boolean;
  readonly rounds?: string;
  readonly only?: string;
  readonly scenarios?: string;
  readonly program?: string;
  readonly before?: string;
  readonly watched?: boolean;
  readonly "no-save"?: boolean;
}

function readFlags(args: readonly string[]): Flags {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h" },
        quick: { type: "boolean" },
        rounds: { type: "string" },
        only: { type: "string" },
        scenarios: { type: "string" },
        program: { type: "string" },
        before: { type: "string" },
        watched: { type: "boolean" },
        "no-save": { type: "boolean" },
      },
    }).values;
  } catch (error) {
    if (error instanceof TypeError) throw new RangeError(error.message);
    throw error;
  }
}

/** Names over all suites, each once. */
function knownNames(suites: readonly Suite[]): { rivals: string[]; scenarios: string[] } {
  const rivals = suites.flatMap((suite) => suite.rivals.map((rival) => rival.name));
  const scenarios = suites.flatMap((suite) => suite.scenarios.map((scenario) => scenario.name));
  return { rivals: [...new Set(rivals)], scenarios: [...new Set(scenarios)] };
}

function names(flag: string, list: string | undefined, known: readonly string[]): string[] {
  const wanted = list === undefined ? [] : list.split(",");
  for (const name of wanted) {
    if (!known.includes(name)) {
      throw new RangeError(`${flag} does not know "${name}": known are ${known.join(", ")}`);
    }
  }
  return wanted;
}
