import type { Command } from "commander";
import { sleep, systemClock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import { STATUS_WATCH_MS } from "../../base/limits.ts";
import type { AppView } from "../../control/admin/api/schemas/app.ts";
import type { StatusView } from "../../control/admin/api/status.ts";
import type { AdminFlags } from "../admin/admin_options.ts";
import type { ApiClient } from "../admin/api_client.ts";
import { printableText } from "../drawing/printable.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import { apiCommand, withApi } from "./operator_command.ts";

interface StatusFlags extends AdminFlags {
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** What the command shows. */
export interface WholeStatus extends StatusView {
  /** All apps, in place of their number. */
  readonly app_list: readonly AppView[];
}

const HEADER = ["APP", "STATE", "TARGETS", "OPEN", "SESSIONS", "LISTENERS"];
/** Cursor to the top left, and all below it gone. */
const CLEAR = "\x1b[H\x1b[J";

/** `fproxy status`: the proxy and its apps. */
export function statusCommand(io: Io): Command {
  return apiCommand("status", "Shows a running proxy: its apps, their targets in service, open sessions")
    .option("--json", "prints JSON, for programs; with --watch a line each time")
    .option(
      "-w, --watch",
      "draws it again every two seconds, until it is interrupted; without a terminal only when it changed",
    )
    .action(async (flags: StatusFlags) => {
      Deno.exitCode = await withApi("status", flags, io, async (api) => {
        if (flags.watch === true) {
          const watch = new StatusWatch(() => wholeStatus(api), flags.json === true, io);
          for (;;) {
            await watch.look();
            await sleep(systemClock, STATUS_WATCH_MS);
            if (io.isUnread) return 0;
          }
        }
        const status = await wholeStatus(api);
        io.stdout(flags.json === true ? `${JSON.stringify(status, null, 2)}\n` : statusText(status, io));
        return status.ready ? 0 : 1;
      });
    });
}

async function wholeStatus(api: Pick<ApiClient, "ask" | "all">): Promise<WholeStatus> {
  const status = await api.ask<StatusView>({ path: "/api/v1/status" });
  const { entries } = await api.all(
    "/api/v1/apps",
    (page: { readonly apps: readonly AppView[] }) => page.apps,
  );
  return { ...status, app_list: entries };
}

/** Shows the status again and again. A proxy that does not answer for a while is no reason to stop looking. */
export class StatusWatch {
  /** What was written last, and what the proxy said last. */
  #shown = "";
  #text = "";

  constructor(
    private readonly ask: () => Promise<WholeStatus>,
    private readonly isJson: boolean,
    private readonly io: Io,
  ) {}

  /** Looks once. */
  async look(): Promise<void> {
    const { io } = this;
    try {
      const status = await this.ask();
      if (this.isJson) return io.stdout(`${JSON.stringify(status)}\n`);
      this.#text = statusText(status, io);
      this.#show(this.#text);
    } catch (error) {
      if (!(error instanceof FproxyError)) throw error;
      const message = `status: ${error.message}\n`;
      if (io.canRedraw && !this.isJson) this.#show(`${printableText(message.trimEnd())}\n\n${this.#text}`);
      else io.stderr(message);
    }
  }

  #show(text: string): void {
    const { io } = this;
    if (io.canRedraw) return io.stdout(CLEAR + fitRows(text, io.rows));
    // Who reads it later wants to see what changed, not that somebody looked.
    if (text !== this.#shown) io.stdout(`${text}\n`);
    this.#shown = text;
  }
}

/** What fits on the screen, the last line of which stays free. */
function fitRows(text: string, rows: number): string {
  const lines = text.trimEnd().split("\n");
  const room = rows - 1;
  if (lines.length <= room) return text;
  const kept = lines.slice(0, Math.max(1, room - 1));
  return `${kept.join("\n")}\n… ${lines.length - kept.length} more\n`;
}

/** For people. */
export function statusText(status: WholeStatus, io: Pick<Io, "isTerminal" | "columns">): string {
  const { version, revision, ready, connections, threads, names } = status;
  const facts = [
    `fproxy ${printableText(version)}, revision ${revision}, ${ready ? "ready" : "not ready"}`,
    `${connections.active} of ${connections.max} connections`,
    `${threads.length} data threads`,
    ...(names.failing === 0 ? [] : [`${names.failing} names do not resolve`]),
  ];
  const table = formatTable(
    [HEADER, ...status.app_list.map(row)],
    io.isTerminal ? io.columns : Infinity,
  );
  return `${facts.join(", ")}\n${status.app_list.length === 0 ? "" : `\n${table}`}`;
}

function row(app: AppView): string[] {
  const { name, state, ready, available, targets_total, counters, listeners } = app;
  const broken = listeners.filter(({ bound }) => !bound).length;
  return [
    printableText(name),
    ready || state !== "ready" && state !== "degraded" ? state : `${state}, not ready`,
    `${available}/${targets_total}`,
    String(counters.connections_active),
    String(counters.connections_total),
    `${printableText(listeners.map(({ listener }) => listener).join(" "))}${
      broken === 0 ? "" : ` (${broken} not bound)`
    }`,
  ];
}
