import { emitKeypressEvents } from "node:readline";
import { PassThrough } from "node:stream";

/** What the runtime's decoder tells of a key. */
interface Keypress {
  readonly name?: string;
  readonly sequence: string;
}

/** Names of keys that are no character, as {@link NamedKeys} tells them. */
const NAMED: ReadonlySet<string> = new Set([
  "up",
  "down",
  "left",
  "right",
  "pageup",
  "pagedown",
  "home",
  "end",
  "return",
  "enter",
  "backspace",
  "escape",
  "tab",
]);

/** Makes keys of the characters that a terminal sends for them: `up`, `pagedown`, `escape`, or the character itself. */
export class NamedKeys {
  readonly #input = new PassThrough();

  constructor(onKey: (key: string) => void) {
    emitKeypressEvents(this.#input);
    this.#input.on("keypress", (_: string | undefined, { name = "", sequence }: Keypress) => {
      if (NAMED.has(name)) onKey(name);
      else if ([...sequence].length === 1) onKey(sequence);
    });
  }

  /** Takes a character. */
  write(character: string): void {
    this.#input.write(character);
  }

  /** Hears no more. */
  close(): void {
    this.#input.destroy();
  }
}
