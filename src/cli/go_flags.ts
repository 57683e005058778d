/** A flag in the manner of Go's `flag` package. */
export interface GoFlag {
  /** Without dashes. */
  readonly name: string;
  /** A boolean one needs no value: `-f`, `-f=false`; of words behind it it takes `true` and `false`. */
  readonly isBoolean: boolean;
}

/** Values of Go's booleans (strconv.ParseBool). */
const TRUE = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/** What a boolean flag takes from the next argument: nothing else can follow it, and other programs take it. */
const WORDS = new Set(["true", "false"]);

/**
 * Reads arguments as programs in Go do: one dash or two before a name, the value behind "=" or in the next argument. A
 * name may be cut short as long as only one flag begins like it.
 * @returns the same in one form: `--name=value`; what follows the flags comes after `--`.
 * @throws {RangeError} naming the flag that is unknown, ambiguous or lacks its value.
 */
export function normalizeGoFlags(args: readonly string[], flags: readonly GoFlag[]): string[] {
  const normal: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") return [...normal, ...args.slice(at)];
    if (!/^--?[^-]/.test(arg)) return [...normal, "--", ...args.slice(at)];
    const [, written = "", value] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (written === "h" || written === "help") {
      normal.push("--help");
      continue;
    }
    const flag = findFlag(written, arg, flags);
    if (flag.isBoolean) {
      const next = args[at + 1] ?? "";
      const isNext = value === undefined && WORDS.has(next);
      if (isNext) at++;
      normal.push(`--${flag.name}=${booleanText(value ?? (isNext ? next : "true"), arg)}`);
    } else if (value !== undefined) {
      normal.push(`--${flag.name}=${value}`);
    } else {
      const next = args[++at];
      if (next === undefined) {
        throw new RangeError(`${arg} needs a value: write ${arg} VALUE or ${arg}=VALUE`);
      }
      normal.push(`--${flag.name}=${next}`);
    }
  }
  return normal;
}

function findFlag(written: string, arg: string, flags: readonly GoFlag[]): GoFlag {
  const exact = flags.find(({ name }) => name === written);
  if (exact !== undefined) return exact;
  const candidates = flags.filter(({ name }) => name.startsWith(written));
  const [only] = candidates;
  if (only === undefined) throw new RangeError(`unknown flag ${arg}: known are ${names(flags)}`);
  if (candidates.length > 1) throw new RangeError(`${arg} could be ${names(candidates)}: write more of it`);
  return only;
}

function names(flags: readonly GoFlag[]): string {
  return flags.map(({ name }) => `-${name}`).join(", ");
}

function booleanText(value: string, arg: string): string {
  if (TRUE.has(value)) return "true";
  if (FALSE.has(value)) return "false";
  throw new RangeError(`${arg}: "${value}" is neither true nor false`);
}
