import {
  APP_CONDITIONS,
  type PictureApp,
  type PictureNode,
  type RegionPicture,
} from "../../../model/region_picture.ts";
import { FilterText } from "../../top/filter_text.ts";
import { ListCursor, stepsOf } from "../../top/list_cursor.ts";

/** What is on the screen: a list, or one of its entries. */
export type RegionScreen = "apps" | "nodes" | "app" | "node" | "help";

/** Nodes that want attention come first. */
const STANDINGS: readonly PictureNode["standing"][] = ["gone", "draining", "cordoned", "ready"];

/** What `fproxy region top` shows: the region, and what the user made of it by keys. It knows no terminal. */
export class RegionModel {
  screen: RegionScreen = "apps";
  /** Why the store does not answer; empty while it does. */
  trouble = "";
  /** Rows of the list that the screen has; set by who draws it. */
  pageRows = 10;
  /** First line of an entry's details that is shown. */
  offset = 0;
  /** Lines of these details; set by who draws them. */
  detailRows = 0;
  /** Whether lists are in the order of names, not of attention. */
  isByName = false;
  readonly filter = new FilterText();
  readonly #apps = new ListCursor();
  readonly #nodes = new ListCursor();
  #live: RegionPicture | null = null;
  /** What was there when it was paused; null while it is not. */
  #frozen: RegionPicture | null = null;
  #before: RegionScreen = "apps";

  /** What is shown: of now, or of when it was paused; null before the first. */
  get picture(): RegionPicture | null {
    return this.#frozen ?? this.#live;
  }

  get isPaused(): boolean {
    return this.#frozen !== null;
  }

  /** Takes what is so now. */
  take(picture: RegionPicture): void {
    this.#live = picture;
    this.trouble = "";
  }

  /** The apps that the filter leaves, in their order; one of them is chosen. */
  apps(): readonly PictureApp[] {
    const all = (this.picture?.apps ?? []).filter(({ name, condition, rollout, replicas }) =>
      this.#isWanted([name, condition, rollout?.leg ?? "", ...replicas.map(({ node }) => node)])
    );
    const urgency = ({ condition }: PictureApp): number => APP_CONDITIONS.indexOf(condition);
    const sorted = this.isByName ? all : all.toSorted((a, b) => urgency(a) - urgency(b));
    this.#apps.settle(sorted.map(({ name }) => name));
    return sorted;
  }

  /** As {@link apps}, of the nodes. */
  nodes(): readonly PictureNode[] {
    const all = (this.picture?.nodes ?? []).filter(({ name, zone, standing, address }) =>
      this.#isWanted([name, zone, standing, address])
    );
    const urgency = ({ standing, ready, carried }: PictureNode): number =>
      STANDINGS.indexOf(standing) - (standing === "ready" && ready < carried ? 0.5 : 0);
    const sorted = this.isByName ? all : all.toSorted((a, b) => urgency(a) - urgency(b));
    this.#nodes.settle(sorted.map(({ name }) => name));
    return sorted;
  }

  /** Null where there is none. */
  get chosenApp(): PictureApp | null {
    return this.picture?.apps.find(({ name }) => name === this.#apps.chosen) ?? null;
  }

  /** Null where there is none. */
  get chosenNode(): PictureNode | null {
    return this.picture?.nodes.find(({ name }) => name === this.#nodes.chosen) ?? null;
  }

  /** Takes a key. */
  press(key: string): "quit" | "redraw" | null {
    if (this.filter.isTyping) this.filter.press(key);
    else if (key === "q") return "quit";
    else if (key === "\x0c") return "redraw";
    else if (key === "p" || key === " ") this.#frozen = this.isPaused ? null : this.#live;
    else if (this.screen === "help") this.screen = this.#before;
    else if (key === "?" || key === "h") {
      this.#before = this.screen;
      this.screen = "help";
    } else if (this.screen === "apps" || this.screen === "nodes") this.#pressInList(key, this.screen);
    else this.#pressInEntry(key, this.screen);
    return null;
  }

  #pressInList(key: string, list: "apps" | "nodes"): void {
    const steps = stepsOf(key, this.pageRows);
    const cursor = list === "apps" ? this.#apps : this.#nodes;
    if (steps !== null) {
      cursor.move((list === "apps" ? this.apps() : this.nodes()).map(({ name }) => name), steps);
    } else if (key === "tab") this.screen = list === "apps" ? "nodes" : "apps";
    else if (key === "/") this.filter.isTyping = true;
    else if (key === "escape") this.filter.text = "";
    else if (key === "s") this.isByName = !this.isByName;
    else if ((key === "return" || key === "enter" || key === "right") && cursor.chosen !== null) {
      this.screen = list === "apps" ? "app" : "node";
      this.offset = 0;
    }
  }

  #pressInEntry(key: string, entry: "app" | "node"): void {
    const steps = stepsOf(key, this.pageRows);
    if (steps !== null) this.offset = Math.max(0, Math.min(this.offset + steps, this.detailRows - 1));
    else if (key === "escape" || key === "left" || key === "backspace") {
      this.screen = entry === "app" ? "apps" : "nodes";
    }
  }

  #isWanted(words: readonly string[]): boolean {
    const wanted = this.filter.text.toLowerCase();
    return words.some((word) => word.toLowerCase().includes(wanted));
  }
}
