import { clip, printableText } from "../drawing/printable.ts";
import { APP_COLUMNS } from "./app_rows.ts";
import { appLines } from "./app_view.ts";
import { drawTable } from "./columns.ts";
import { HELP } from "./help.ts";
import type { ScreenPlace } from "./place.ts";
import { type Segment, segmentLine } from "./segments.ts";
import { shortBytes, shortCount } from "./short_figures.ts";
import type { TopModel } from "./top_model.ts";

/** A lower screen has no room for more than a line at its top. */
const ROWS_WITH_HEADER = 12;
/** A lower screen shows no targets below the list. */
const ROWS_WITH_TARGETS = 18;
/** Share of the rest of the screen that targets below the list may take. */
const TARGETS_SHARE = 0.45;

/** What is on the screen: as many lines as it has, or fewer, none of them wider. @param proxy where it is. */
export function screenLines(model: TopModel, proxy: string, place: ScreenPlace): string[] {
  const { rows, columns, paint } = place;
  const header = headerLines(model, proxy, place).slice(0, rows < ROWS_WITH_HEADER ? 1 : 3);
  const footer = footerLine(model, place);
  const room = Math.max(0, rows - header.length - 1);
  const body = model.view === "help"
    ? HELP.map((line) => clip(line, columns))
    : model.view === "app"
    ? appLines(model, { columns, paint, rows: room })
    : listLines(model, { columns, paint, rows: room });
  const shown = body.slice(0, room);
  while (shown.length < room) shown.push("");
  return [...header, ...shown, footer].slice(-rows);
}

function headerLines(model: TopModel, address: string, { columns, paint }: ScreenPlace): string[] {
  const { proxy, seconds } = model.figures;
  const rate = (value: number): string => seconds > 0 ? shortCount(value) : "-";
  const bytes = (value: number): string => seconds > 0 ? shortBytes(value) : "-";
  const state: Segment[] = model.trouble !== ""
    ? [{ text: printableText(model.trouble), tone: "bad" }]
    : proxy === null
    ? [{ text: "waiting for the first sample" }]
    : [
      proxy.ready ? { text: "ready", tone: "good" } : { text: "not ready", tone: "bad" },
      { text: `revision ${proxy.revision}` },
    ];
  const title: Segment[] = [
    ...(model.trouble === "" ? [] : [{ text: "NO ANSWER", tone: "bad" } as const]),
    ...(model.isPaused ? [{ text: "PAUSED", tone: "chosen" } as const] : []),
    { text: `fproxy ${printableText(address)}`, tone: "strong" },
    ...state,
  ];
  if (proxy === null) return [segmentLine(title, columns, paint), "", ""];
  const rates: Segment[] = [
    { text: `open ${shortCount(proxy.connections_active)}` },
    { text: `conn/s ${rate(proxy.connections_per_second)}` },
    { text: `req/s ${rate(proxy.requests_per_second)}` },
    {
      text: `err/s ${rate(proxy.errors_per_second)}`,
      ...(proxy.errors_per_second > 0 ? { tone: "bad" } as const : {}),
    },
    { text: `in ${bytes(proxy.bytes_in_per_second)}/s` },
    { text: `out ${bytes(proxy.bytes_out_per_second)}/s` },
  ];
  return [segmentLine(title, columns, paint), segmentLine(rates, columns, paint), ""];
}

/** The list of apps, and below it the targets of the chosen one where there is room. */
function listLines(model: TopModel, { columns, rows, paint }: ScreenPlace): string[] {
  const apps = model.rows();
  const details = rows + 4 < ROWS_WITH_TARGETS ? [] : appLines(model, {
    columns,
    paint,
    rows: Math.max(Math.floor(rows * TARGETS_SHARE), rows - apps.length - 2),
  });
  const listRows = Math.max(1, Math.min(rows - 1, rows - 2 - details.length));
  model.pageRows = listRows;
  if (model.figures.proxy === null) return [];
  if (apps.length === 0) {
    const why = model.figures.apps.size === 0 ? "no apps" : `no app matches ${model.filter}`;
    return [clip(printableText(why), columns)];
  }
  const at = apps.findIndex(({ name }) => name === model.chosen);
  const offset = Math.max(0, Math.min(at - Math.floor(listRows / 2), apps.length - listRows));
  const drawn = apps.slice(offset, offset + listRows).map((row) => ({
    row,
    isChosen: row.name === model.chosen,
  }));
  const sorted = { title: model.sort.title, mark: model.isReversed ? "▲" : "▼" };
  const list = drawTable(APP_COLUMNS, drawn, sorted, { columns, paint });
  if (details.length === 0) return list;
  while (list.length < listRows + 1) list.push("");
  return [...list, "", ...details];
}

function footerLine(model: TopModel, { columns, paint }: ScreenPlace): string {
  if (model.isTyping) {
    const text = `filter: ${printableText(model.filter)}_`;
    return segmentLine(
      [{ text, tone: "strong" }, { text: "enter keeps it, esc clears it", tone: "faint" }],
      columns,
      paint,
    );
  }
  const filter: Segment[] = model.filter === ""
    ? []
    : [{ text: `filter: ${printableText(model.filter)}`, tone: "accent" }];
  const keys = {
    apps: ["q quit", "? help", "/ filter", "s sort", "enter targets", "p pause", "r reverse"],
    app: ["esc back", "q quit", "? help", "↑↓ scroll", "p pause"],
    help: ["any key goes back", "q quit"],
  }[model.view];
  const hints = keys.map((text): Segment => ({ text, tone: "faint" }));
  return segmentLine([...filter, ...hints], columns, paint);
}
