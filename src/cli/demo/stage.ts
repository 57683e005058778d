import { errorMessage } from "../../base/errors.ts";
import { painter } from "../drawing/paint.ts";
import type { Io } from "../io.ts";
import type { RunningProxy } from "../run_options.ts";
import type { Demonstration } from "./demonstration.ts";
import { hints, prompt } from "./hints.ts";
import { hasKeys, readKeys } from "./keys.ts";
import type { RoundPlace } from "./round_text.ts";
import { startSwitchServer } from "./switch_server.ts";

/** What a stage is for. */
export interface StageParts {
  readonly io: Io;
  readonly proxy: RunningProxy;
  readonly show: Demonstration;
  readonly httpApps: ReadonlySet<string>;
  readonly configPath: string;
}

type Place = Pick<RoundPlace, "columns" | "paint">;

const PLAIN: Place = { columns: Infinity, paint: painter(false) };

/** Where a demonstration meets its user: a terminal with keys, or else an address to send a request to. */
export class Stage {
  readonly #place: Place;
  #command: string | null = null;
  #leave: () => void | Promise<void> = () => {};
  #isClosed = false;
  #isBusy = false;

  constructor(private readonly parts: StageParts) {
    const { io } = parts;
    this.#place = !Deno.stderr.isTerminal() ? PLAIN : {
      get columns(): number {
        return io.columns - 1;
      },
      paint: painter(io.color),
    };
  }

  /** Shows what there is, and does from then on what the user wants. */
  async open(): Promise<void> {
    const { show, proxy, io, httpApps, configPath } = this.parts;
    const text = await show.showAll(this.#place);
    if (this.#isClosed) return;
    if (hasKeys()) this.#listenForKeys();
    else if (show.target !== null) this.#listenForRequests();
    const { apps } = proxy.status();
    const facts = { apps, httpApps, configPath, command: this.#command };
    io.stderr(`\n${text}${hints(facts, this.#place.columns)}\n${this.#prompt()}`);
  }

  /** Gives the terminal back. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#leave();
  }

  #listenForKeys(): void {
    const { proxy } = this.parts;
    this.#leave = readKeys({
      onKey: (key) => {
        if (key === "q") proxy.stop({ key });
        if (key === "s" && !this.#isBusy) void this.#toggle();
      },
      onHangUp: () => proxy.stop({ reason: "the terminal is gone" }),
    });
  }

  #listenForRequests(): void {
    const server = startSwitchServer(() => this.#toggle());
    this.#command = server.command;
    this.#leave = () => server.close();
  }

  /** @returns what was shown. */
  async #toggle(): Promise<string> {
    const { show, io } = this.parts;
    this.#isBusy = true;
    try {
      const text = await show.toggle(this.#place);
      io.stderr(`\n${text}${this.#prompt()}`);
      return text;
    } catch (error) {
      const text = `demo: ${errorMessage(error)}\n`;
      io.stderr(text);
      return text;
    } finally {
      this.#isBusy = false;
    }
  }

  #prompt(): string {
    const { show: { target, isStopped } } = this.parts;
    if (target === null) return "";
    return prompt({ target, isStopped, command: this.#command }, this.#place.paint);
  }
}
