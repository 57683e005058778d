import { type Command, Option } from "commander";
import { TOP_DETAIL_DELAY_MS } from "../../base/limits.ts";
import { systemClock } from "../../base/clock.ts";
import { parseDuration } from "../../base/duration.ts";
import { formatAdminAddress } from "../admin/admin_address.ts";
import { type AdminAccess, adminAccess, type AdminFlags } from "../admin/admin_options.ts";
import { argument } from "../arguments.ts";
import { painter } from "../drawing/paint.ts";
import type { Io } from "../io.ts";
import { hasKeys } from "../terminal/keys.ts";
import { LiveScreen } from "../terminal/live_screen.ts";
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

/** Joins the terminal, the model and the proxy. */
class Top {
  readonly #model = new TopModel();
  readonly #screen: LiveScreen;
  readonly #feed: SampleFeed;
  #cancelDetail: () => void = () => {};

  constructor(private readonly access: AdminAccess, intervalMs: number, private readonly io: Io) {
    this.#screen = new LiveScreen(io, {
      lines: (columns, rows) => this.#lines(columns, rows),
      press: (key) => this.#model.press(key),
    });
    this.#feed = new SampleFeed(access, intervalMs, {
      onSample: (sample) => {
        this.#model.take(sample);
        this.#screen.draw();
      },
      onLost: ({ message }) => {
        // Where it is stands in front of it.
        this.#model.trouble = message.replace(/^admin server \S+: /, "");
        this.#screen.draw();
      },
      onFailure: (error) => this.#screen.fail(error),
    });
  }

  /** Resolves when the user has seen enough. @throws what the proxy answered the first time. */
  async run(): Promise<void> {
    await this.#screen.run(() => this.#feed.start(), () => {
      this.#cancelDetail();
      this.#feed.close();
    });
  }

  #lines(columns: number, rows: number): readonly string[] {
    const place = { columns, rows, paint: painter(this.io.color) };
    const lines = screenLines(this.#model, formatAdminAddress(this.access.address), place);
    // Who runs through the list asks for the details of none.
    this.#cancelDetail();
    this.#cancelDetail = systemClock.timer(TOP_DETAIL_DELAY_MS, () => this.#feed.detail(this.#model.chosen));
    return lines;
  }
}
