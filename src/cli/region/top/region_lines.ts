import type { PictureApp, PictureNode, RegionPicture } from "../../../model/region_picture.ts";
import { clip, printableText } from "../../drawing/printable.ts";
import { type Column, drawTable } from "../../top/columns.ts";
import type { ScreenPlace } from "../../top/place.ts";
import { type Segment, segmentLine } from "../../top/segments.ts";
import {
  appColumns,
  conditionTone,
  NODE_COLUMNS,
  replicaColumns,
  type ReplicaRow,
  standingTone,
} from "./region_columns.ts";
import type { RegionModel } from "./region_model.ts";

/** A lower screen has no room for more than a line at its top. */
const ROWS_WITH_HEADER = 10;
/** A lower screen shows no details below the list. */
const ROWS_WITH_DETAILS = 18;
/** Share of the screen that they may take. */
const DETAILS_SHARE = 0.4;

const HELP: readonly string[] = [
  "↑ ↓ k j      choose an app or a node    PgUp PgDn Home End",
  "tab          apps, or nodes",
  "enter →      its replicas               esc ←  back to the list",
  "/            filter by name, node, zone or state; esc clears it",
  "s            in the order of names, or what wants attention first",
  "p space      pause, go on",
  "Ctrl-L       draw anew",
  "q Ctrl-C     quit",
  "",
  "READY        replicas that serve and get what is new, of those wanted",
  "waits        it leaves when those that take its place are ready",
  "closing      it leaves, updating: it changes, when no front uses it any more",
];

/** What is on the screen: as many lines as it has, or fewer, none of them wider. */
export function regionLines(model: RegionModel, place: ScreenPlace): string[] {
  const { rows } = place;
  const header = headerLines(model, place).slice(0, rows < ROWS_WITH_HEADER ? 1 : 3);
  const room = Math.max(0, rows - header.length - 1);
  const body = bodyLines(model, { ...place, rows: room }).slice(0, room);
  while (body.length < room) body.push("");
  return [...header, ...body, footerLine(model, place)].slice(-rows);
}

function bodyLines(model: RegionModel, place: ScreenPlace): string[] {
  if (model.screen === "help") return HELP.map((line) => clip(line, place.columns));
  if (model.picture === null) return [];
  switch (model.screen) {
    case "apps":
      return listLines(model, model.apps(), model.chosenApp, appColumns(place.columns), place);
    case "nodes":
      return listLines(model, model.nodes(), model.chosenNode, NODE_COLUMNS, place);
    case "app":
    case "node":
      return scrolled(model, entryLines(model, place), place.rows);
  }
}

function headerLines(model: RegionModel, { columns, paint }: ScreenPlace): string[] {
  const { picture, trouble } = model;
  const title: Segment[] = [
    ...(trouble === "" ? [] : [{ text: "NO ANSWER", tone: "bad" } as const]),
    ...(model.isPaused ? [{ text: "PAUSED", tone: "chosen" } as const] : []),
    { text: picture === null ? "region" : `region ${picture.region}`, tone: "strong" },
    ...(picture === null ? [] : [leaderSegment(picture)]),
    ...(trouble !== ""
      ? [{ text: printableText(trouble), tone: "bad" } as const]
      : picture === null
      ? [{ text: "reading its store" }]
      : []),
  ];
  if (picture === null) return [segmentLine(title, columns, paint), "", ""];
  return [segmentLine(title, columns, paint), segmentLine(counts(picture), columns, paint), ""];
}

function leaderSegment({ leader }: RegionPicture): Segment {
  return leader === null
    ? { text: "no control leads", tone: "bad" }
    : { text: `leader ${printableText(leader)}`, tone: "faint" };
}

function counts({ nodes, apps, fronts }: RegionPicture): Segment[] {
  const gone = nodes.filter(({ standing }) => standing === "gone").length;
  const of = (condition: PictureApp["condition"]): number =>
    apps.filter((app) => app.condition === condition).length;
  const replicas = apps.reduce((sum, { ready }) => sum + ready, 0);
  const wanted = apps.reduce((sum, app) => sum + app.wanted, 0);
  const few = (count: number, text: string, tone: Segment["tone"]): Segment[] =>
    count === 0 ? [] : [{ text: `${count} ${text}`, ...(tone === undefined ? {} : { tone }) }];
  return [
    { text: `nodes ${nodes.length}` },
    ...few(gone, "gone", "bad"),
    { text: `apps ${apps.length}` },
    ...few(of("down"), "down", "bad"),
    ...few(of("degraded"), "degraded", "doubtful"),
    ...few(of("changing"), "changing", "accent"),
    { text: `replicas ${replicas}/${wanted}` },
    { text: `fronts ${fronts.length}` },
  ];
}

/** A list, and below it the details of the chosen entry where there is room. */
function listLines<T extends { readonly name: string }>(
  model: RegionModel,
  entries: readonly T[],
  chosen: T | null,
  table: readonly Column<T>[],
  place: ScreenPlace,
): string[] {
  const { columns, rows, paint } = place;
  if (entries.length === 0) {
    const why = model.filter.text === "" ? `no ${model.screen}` : `nothing matches ${model.filter.text}`;
    return [clip(printableText(why), columns)];
  }
  const most = Math.max(Math.floor(rows * DETAILS_SHARE), rows - entries.length - 2);
  const details = rows + 4 < ROWS_WITH_DETAILS ? [] : entryLines(model, place).slice(0, most);
  const listRows = Math.max(1, Math.min(rows - 1, rows - 2 - details.length));
  model.pageRows = listRows;
  const at = entries.findIndex(({ name }) => name === chosen?.name);
  const offset = Math.max(0, Math.min(at - Math.floor(listRows / 2), entries.length - listRows));
  const drawn = entries.slice(offset, offset + listRows).map((row) => ({
    row,
    isChosen: row.name === chosen?.name,
  }));
  const list = drawTable(table, drawn, null, { columns, paint });
  if (details.length === 0) return list;
  while (list.length < listRows + 1) list.push("");
  return [...list, "", ...details];
}

/** All that is known of the chosen app or node. */
function entryLines(model: RegionModel, place: ScreenPlace): string[] {
  if (model.screen === "apps" || model.screen === "app") {
    return model.chosenApp === null ? [] : appLines(model.chosenApp, place);
  }
  const { chosenNode: node, picture } = model;
  return node === null || picture === null ? [] : nodeLines(node, picture.apps, place);
}

function appLines(app: PictureApp, { columns, paint }: ScreenPlace): string[] {
  const { name, condition, wanted, ready, replicas, rollout, scale, trouble } = app;
  const line = (...segments: readonly Segment[]): string => segmentLine(segments, columns, paint);
  const rows = replicas.map((replica) => ({ row: { name: replica.node, replica }, isChosen: false }));
  return [
    line(
      { text: printableText(name), tone: "accent" },
      { text: condition, tone: conditionTone(condition) },
      { text: `${ready} of ${wanted} replicas serve` },
    ),
    ...(rollout === null ? [] : [line(
      { text: "rollout", tone: "faint" },
      { text: `${rollout.from ?? "new"} → ${rollout.to}` },
      { text: rollout.paused ? `${rollout.leg}, paused` : rollout.leg },
      { text: `${rollout.updated} of ${replicas.length} have it` },
      { text: printableText(rollout.reason), tone: "bad" },
    )]),
    ...(scale === null ? [] : [line(
      { text: "scale", tone: "faint" },
      { text: `${scale.min} to ${scale.max} by ${scale.target}` },
      { text: printableText(scale.reason) },
    )]),
    ...trouble.map((text) => line({ text: printableText(text), tone: "doubtful" })),
    ...drawTable<ReplicaRow>(replicaColumns("NODE", columns), rows, null, { columns, paint }),
  ];
}

function nodeLines(
  node: PictureNode,
  apps: readonly PictureApp[],
  { columns, paint }: ScreenPlace,
): string[] {
  const { name, zone, address, standing, by, ready, carried } = node;
  const rows = apps.flatMap(({ name: app, replicas }) =>
    replicas.filter((replica) => replica.node === name).map((replica) => ({
      row: { name: app, replica },
      isChosen: false,
    }))
  );
  const title: Segment[] = [
    { text: printableText(name), tone: "accent" },
    { text: standing, tone: standingTone(standing) },
    { text: by === "" ? "" : printableText(`by ${by}`) },
    { text: zone === "" ? "" : printableText(`zone ${zone}`) },
    { text: printableText(address) },
    { text: `${ready} of ${carried} apps serve` },
  ];
  return [
    segmentLine(title, columns, paint),
    ...drawTable<ReplicaRow>(replicaColumns("APP", columns), rows, null, { columns, paint }),
  ];
}

function scrolled(model: RegionModel, lines: readonly string[], rows: number): string[] {
  model.pageRows = rows;
  model.detailRows = Math.max(1, lines.length - rows + 1);
  model.offset = Math.min(model.offset, model.detailRows - 1);
  return lines.slice(model.offset);
}

function footerLine(model: RegionModel, { columns, paint }: ScreenPlace): string {
  const { filter, screen } = model;
  if (filter.isTyping) {
    return segmentLine(
      [{ text: `filter: ${printableText(filter.text)}_`, tone: "strong" }, {
        text: "enter keeps it, esc clears it",
        tone: "faint",
      }],
      columns,
      paint,
    );
  }
  const list = [
    "q quit",
    "? help",
    `tab ${screen === "apps" ? "nodes" : "apps"}`,
    "/ filter",
    "s sort",
    "enter replicas",
    "p pause",
  ];
  const entry = ["esc back", "q quit", "? help", "↑↓ scroll", "p pause"];
  const keys =
    { apps: list, nodes: list, app: entry, node: entry, help: ["any key goes back", "q quit"] }[screen];
  return segmentLine(
    [
      ...(filter.text === ""
        ? []
        : [{ text: `filter: ${printableText(filter.text)}`, tone: "accent" } as const]),
      ...keys.map((text): Segment => ({ text, tone: "faint" })),
    ],
    columns,
    paint,
  );
}
