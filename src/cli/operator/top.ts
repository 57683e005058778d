import { type Command, Option } from "commander";
import { TOP_DETAIL_DELAY_MS } from "../../base/limits.ts";
import { systemClock } from "../../base/clock.ts";
import { parseDuration } from "../../base/duration.ts";
import { formatAdminAddress } from "../admin/admin_address.ts";
import { type AdminAccess, adminAccess, type AdminFlags } from "../admin/admin_options.ts";
import { argument } from "../arguments.ts";
import { painter } from "../drawing/paint.ts";
import type { Io } from "../io.ts";
import { FullScreen } from "../terminal/full_screen.ts";
import { hasKeys, readKeys } from "../terminal/keys.ts";
import { NamedKeys } from "../terminal/named_keys.ts";
import { SampleFeed } from "../top/sample_feed.ts";
import { screenLines } from "../top/screen.ts";
import { TopModel } from "../top/top_model.ts";
import { apiCommand, tellFailure } from "./operator_command.ts";

interface TopFlags extends AdminFlags {
  /** Milliseconds. */
  readonly interval: number;
}

const INTERVAL_MS = 1_000;

/** `fproxy top`: live numbers over the whole screen. */
export function topCommand(io: Io): Command {
  return apiCommand("top", "Shows live rates, times and targets of a running proxy, over the whole screen")
    .addOption(
      new Option("-i, --interval <duration>", "from one look to the next, 500ms to 60s").argParser(
        argument(parseInterval),
      ).default(INTERVAL_MS, "1s"),
    )
    .action(async (flags: TopFlags) => {
      if (!io.canRedraw || !hasKeys()) {
        io.stderr("top: it needs a terminal whose cursor can be moved; fproxy status --watch needs none\n");
        Deno.exitCode = 1;
        return;
      }
      Deno.exitCode = await tellFailure("top", io, async () => {
        await new Top(await adminAccess(flags), flags.interval, io).run();
        return 0;
      });
    });
}

/** @throws {RangeError} saying what is allowed. */
function parseInterval(text: string): number {
  const ms = parseDuration(text);
  if (ms < 500 || ms > 60_000) throw new RangeError(`"${text}" is not from 500ms to 60s`);
  return ms;
}

/** Signals that end it as `q` does. */
const END_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Joins the terminal, the model and the proxy. */
class Top {
  readonly #model = new TopModel();
  readonly #screen: FullScreen;
  readonly #feed: SampleFeed;
  readonly #end = Promise.withResolvers<void>();
  #cancelDetail: () => void = () => {};

  constructor(private readonly access: AdminAccess, intervalMs: number, private readonly io: Io) {
    this.#screen = new FullScreen(io);
    this.#feed = new SampleFeed(access, intervalMs, {
      onSample: (sample) => {
        this.#model.take(sample);
        this.#draw();
      },
      onLost: ({ message }) => {
        // Where it is stands in front of it.
        this.#model.trouble = message.replace(/^admin server \S+: /, "");
        this.#draw();
      },
      onFailure: (error) => this.#end.reject(error),
    });
  }

  /** Resolves when the user has seen enough. @throws what the proxy answered the first time. */
  async run(): Promise<void> {
    const keys = new NamedKeys((key) => this.#onKey(key));
    const release = readKeys({ onKey: (key) => keys.write(key), onHangUp: () => this.#end.resolve() });
    const signals = this.#listen();
    this.#screen.enter();
    this.#draw();
    this.#feed.start();
    try {
      await this.#end.promise;
    } finally {
      this.#cancelDetail();
      this.#feed.close();
      signals();
      keys.close();
      this.#screen.leave();
      release();
    }
  }

  #onKey(key: string): void {
    const effect = this.#model.press(key);
    if (effect === "quit") return this.#end.resolve();
    if (effect === "redraw") this.#screen.clear();
    this.#draw();
  }

  #draw(): void {
    const { columns, rows } = this.#screen;
    const place = { columns, rows, paint: painter(this.io.color) };
    this.#screen.draw(screenLines(this.#model, formatAdminAddress(this.access.address), place));
    // Who runs through the list asks for the details of none.
    this.#cancelDetail();
    this.#cancelDetail = systemClock.timer(TOP_DETAIL_DELAY_MS, () => this.#feed.detail(this.#model.chosen));
  }

  /** @returns what takes the handlers away. */
  #listen(): () => void {
    const end = (): void => this.#end.resolve();
    const resized = (): void => {
      this.#screen.clear();
      this.#draw();
    };
    const suspend = (): void => {
      this.#screen.leave();
      Deno.kill(Deno.pid, "SIGSTOP");
    };
    const resume = (): void => {
      this.#screen.enter();
      this.#draw();
    };
    const handlers: readonly (readonly [Deno.Signal, () => void])[] = [
      ...END_SIGNALS.map((signal) => [signal, end] as const),
      ["SIGWINCH", resized],
      ["SIGTSTP", suspend],
      ["SIGCONT", resume],
    ];
    for (const [signal, handler] of handlers) Deno.addSignalListener(signal, handler);
    return () => {
      for (const [signal, handler] of handlers) Deno.removeSignalListener(signal, handler);
    };
  }
}
