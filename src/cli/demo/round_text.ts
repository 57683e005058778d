import { bar } from "../drawing/bar_chart.ts";
import { formatShare } from "../drawing/figures.ts";
import type { Paint } from "../drawing/paint.ts";
import { clip } from "../drawing/printable.ts";
import { formatTable } from "../table.ts";
import type { Round } from "./round.ts";

/** The place that a round is shown in. */
export interface RoundPlace {
  /** Width in characters; infinite where there is none, and then there are no bars either. */
  readonly columns: number;
  readonly paint: Paint;
  /** Whether the built-in server of an address is stopped. */
  isStopped(address: string): boolean;
}

const BAR_COLUMNS = 20;
const INDENT = "  ";

/** Who answered: a line about the app, then one for each target with its answers, and their share. */
export function roundText(round: Round, place: RoundPlace): string {
  const { app, address, strategy, isHttp, count, targets, others, failed } = round;
  const { columns, paint } = place;
  const what = plural(count, isHttp ? "request" : "connection");
  const title = clip(`${app} on ${address}, ${strategy}: ${what}, ${failed} failed`, columns);
  const rows = [
    ...targets.map(({ target, served, backup, answers }) =>
      row(target, answers, count, [backup ? "backup" : "", place.isStopped(served) ? "stopped" : ""])
    ),
    ...(others > 0 ? [row("other servers", others, count, [])] : []),
  ];
  const table = formatTable(
    rows.map(([target = "", answers = "", share = "", blocks = "", note = ""]) => [
      target,
      answers,
      share.padStart("100.0 %".length),
      // What ends with blanks would be a column of blanks where no bar is drawn.
      ...(columns === Infinity ? [] : [blocks.padEnd(BAR_COLUMNS)]),
      note,
    ]),
    columns - INDENT.length,
  );
  const painted = table.replace(/[█▉▊▋▌▍▎▏]+/g, (blocks) => paint("accent", blocks))
    .replace(/stopped$/gm, (word) => paint("bad", word));
  return `${paint("strong", title)}\n${painted.replace(/^(?=.)/gm, INDENT)}`;
}

function row(target: string, answers: number, count: number, notes: readonly string[]): string[] {
  const note = notes.filter((one) => one !== "").join(", ");
  return [
    target,
    `${String(answers).padStart(String(count).length)} ${answers === 1 ? "answer" : "answers"}`,
    formatShare(answers, count),
    bar(answers / count, BAR_COLUMNS),
    note,
  ];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
