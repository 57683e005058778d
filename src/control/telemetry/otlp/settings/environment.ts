/** Reads a variable of the environment; undefined where it is not set. */
export type ReadVariable = (name: string) => string | undefined;

/** A variable whose value cannot be used. */
export interface IgnoredVariable {
  readonly variable: string;
  /** What is wrong with it, and what is taken in its place. */
  readonly reason: string;
}

/** Longest time that a timer can wait, milliseconds. */
const MAX_MS = 2 ** 31 - 1;

/**
 * Reads variables as OpenTelemetry's "Environment Variable Specification" has them: an empty one is not set, words are the
 * same in capitals, and one that is wrong is said and left out, never the end of the program.
 */
export class Environment {
  /** Those that were wrong so far. */
  readonly ignored: IgnoredVariable[] = [];

  constructor(private readonly read: ReadVariable) {}

  /** Its text without blanks around it; undefined where nothing is left. */
  text(name: string): string | undefined {
    return this.read(name)?.trim() || undefined;
  }

  /** Whether it is `true`. */
  isTrue(name: string): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text !== undefined && text !== "true" && text !== "false") {
      this.ignore(name, `"${text}" is neither true nor false: false is taken`);
    }
    return text === "true";
  }

  /** A whole number of milliseconds above zero. */
  milliseconds(name: string, byDefault: number): number {
    return this.#whole(name, byDefault, MAX_MS, "milliseconds");
  }

  /** A whole number above zero. */
  count(name: string, byDefault: number, most: number): number {
    return this.#whole(name, byDefault, most, "items");
  }

  /** A number from 0 to 1. */
  share(name: string, byDefault: number): number {
    const text = this.text(name);
    if (text === undefined) return byDefault;
    const value = Number(text);
    if (value >= 0 && value <= 1) return value;
    this.ignore(name, `"${text}" is not a number from 0 to 1: ${byDefault} is taken`);
    return byDefault;
  }

  /** One of some words; the first of the variables that is set decides, undefined where none is, or it is wrong. */
  choice<Word extends string>(names: readonly string[], words: readonly Word[]): Word | undefined {
    const name = names.find((one) => this.text(one) !== undefined);
    if (name === undefined) return undefined;
    const text = this.text(name) ?? "";
    const word = words.find((one) => one === text.toLowerCase());
    if (word === undefined) this.ignore(name, `"${text}" is not known here: known are ${words.join(", ")}`);
    return word;
  }

  /** Notes that a variable is left out. */
  ignore(variable: string, reason: string): void {
    this.ignored.push({ variable, reason });
  }

  #whole(name: string, byDefault: number, most: number, unit: string): number {
    const text = this.text(name);
    if (text === undefined) return byDefault;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
    this.ignore(name, `"${text}" is not a whole number of ${unit} from 1 to ${most}: ${byDefault} is taken`);
    return byDefault;
  }
}
