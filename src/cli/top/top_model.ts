import type { AppDetails, AppSample, ProxySample, Sample } from "../../control/telemetry/samples/sample.ts";
import { type AppRow, SORT_KEYS, type SortKey, sortRows } from "./app_rows.ts";
import { FilterText } from "./filter_text.ts";
import { ListCursor, stepsOf } from "./list_cursor.ts";

/** What is on the screen. */
export type View = "apps" | "app" | "help";

/** What a key asks for besides another look of the screen. */
export type Effect = "quit" | "redraw" | null;

/** Numbers of the proxy at one moment. */
interface Figures {
  readonly proxy: ProxySample | null;
  readonly seconds: number;
  readonly apps: ReadonlyMap<string, AppSample>;
  readonly details: Readonly<Record<string, AppDetails>>;
}

const NOTHING: Figures = { proxy: null, seconds: 0, apps: new Map(), details: {} };
/** The list is sorted by this at first. */
const FIRST_SORT = "CONN/S";

/** What `fproxy top` shows: what the proxy told, and what the user made of it by keys. It knows no terminal. */
export class TopModel {
  view: View = "apps";
  isReversed = false;
  /** Why the proxy does not answer; empty while it does. */
  trouble = "";
  /** Rows of the list that the screen has; set by who draws it. */
  pageRows = 10;
  #sort = Math.max(0, SORT_KEYS.findIndex(({ title }) => title === FIRST_SORT));
  readonly #filter = new FilterText();
  readonly #cursor = new ListCursor();
  #live: Figures = NOTHING;
  /** What was there when it was paused; null while it is not. */
  #frozen: Figures | null = null;
  #targetOffset = 0;
  #viewBefore: View = "apps";

  /** What is shown: of now, or of when it was paused. */
  get figures(): Figures {
    return this.#frozen ?? this.#live;
  }

  /** What the names or states of apps must contain; empty for all. */
  get filter(): string {
    return this.#filter.text;
  }

  /** Whether a filter is being typed. */
  get isTyping(): boolean {
    return this.#filter.isTyping;
  }

  get isPaused(): boolean {
    return this.#frozen !== null;
  }

  get sort(): SortKey {
    return SORT_KEYS[this.#sort]!;
  }

  /** Name of the chosen app; null where there is none. */
  get chosen(): string | null {
    return this.#cursor.chosen;
  }

  /** First of the targets that are shown. */
  get targetOffset(): number {
    return this.#targetOffset;
  }

  /** The apps that the filter leaves, in their order; one of them is chosen. */
  rows(): readonly AppRow[] {
    const { apps, seconds } = this.figures;
    const wanted = this.filter.toLowerCase();
    const rows = [...apps].filter(([name, { state }]) =>
      name.toLowerCase().includes(wanted) || state.includes(wanted)
    )
      .map(([name, sample]): AppRow => ({ name, sample, isMeasured: seconds > 0 }));
    const sorted = sortRows(rows, this.sort, this.isReversed);
    this.#cursor.settle(sorted.map(({ name }) => name));
    return sorted;
  }

  /** Takes what the proxy tells. */
  take({ proxy, seconds, complete, apps, removed, details }: Sample): void {
    const known = complete ? new Map<string, AppSample>() : new Map(this.#live.apps);
    for (const [name, sample] of Object.entries(apps)) known.set(name, sample);
    for (const name of removed) known.delete(name);
    this.#live = { proxy, seconds, apps: known, details };
    this.trouble = "";
  }

  /** Takes a key. */
  press(key: string): Effect {
    if (this.isTyping) {
      this.#filter.press(key);
      return null;
    }
    if (key === "q") return "quit";
    if (key === "\x0c") return "redraw";
    if (key === "p" || key === " ") this.#frozen = this.isPaused ? null : this.#live;
    else if (key === "?" || key === "h") this.#toggleHelp();
    else if (this.view === "help") this.view = this.#viewBefore;
    else if (this.view === "app") this.#pressInApp(key);
    else this.#pressInList(key);
    return null;
  }

  #toggleHelp(): void {
    if (this.view === "help") this.view = this.#viewBefore;
    else {
      this.#viewBefore = this.view;
      this.view = "help";
    }
  }

  #pressInList(key: string): void {
    const steps = stepsOf(key, this.pageRows);
    if (steps !== null) return this.#cursor.move(this.rows().map(({ name }) => name), steps);
    if (key === "/") this.#filter.isTyping = true;
    else if (key === "escape") this.#filter.text = "";
    else if (key === "s" || key === ">") this.#sortBy(1);
    else if (key === "S" || key === "<") this.#sortBy(-1);
    else if (key === "r") this.isReversed = !this.isReversed;
    else if ((key === "return" || key === "enter" || key === "right") && this.chosen !== null) {
      this.view = "app";
      this.#targetOffset = 0;
    }
  }

  #pressInApp(key: string): void {
    const steps = stepsOf(key, this.pageRows);
    if (steps !== null) {
      this.#targetOffset = Math.max(0, Math.min(this.#targetOffset + steps, this.#lastTarget()));
    } else if (key === "escape" || key === "left" || key === "backspace") this.view = "apps";
  }

  #lastTarget(): number {
    const { targets } = this.figures.details[this.chosen ?? ""] ?? { targets: {} };
    return Math.max(0, Object.keys(targets).length - 1);
  }

  #sortBy(step: number): void {
    this.#sort = (this.#sort + step + SORT_KEYS.length) % SORT_KEYS.length;
    this.isReversed = false;
  }
}
