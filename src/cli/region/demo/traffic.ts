import { type Clock, sleep } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";

/** A front, and where its apps are reached. */
export interface TrafficFront {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** What it is made from. */
export interface TrafficParts {
  readonly clock: Clock;
  readonly fronts: readonly TrafficFront[];
  /** Makes a connection, and gives what comes back: nothing where it ends before. @throws when there is none. */
  ask(address: string): Promise<string>;
  /** Takes a line each second. */
  tell(line: string): void;
}

interface Count {
  served: number;
  failed: number;
  /** Why the last one failed that did. */
  error: string;
}

/** Pause between two connections through a front. */
const PAUSE_MS = 100;
const LINE_MS = 1_000;

/** Clients that come through fronts, one after another in a steady pace, whatever becomes of those before. */
export class Traffic {
  readonly #counts: ReadonlyMap<string, Count>;
  #isOver = false;

  constructor(private readonly parts: TrafficParts) {
    this.#counts = new Map(parts.fronts.map(({ name }) => [name, { served: 0, failed: 0, error: "" }]));
  }

  /** Runs until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, fronts } = this.parts;
    let lineAt = clock.now() + LINE_MS;
    for (let turn = 0; !signal.aborted; turn++) {
      for (const { name, addresses } of fronts) void this.#connect(name, addresses[turn % addresses.length]!);
      await sleep(clock, PAUSE_MS);
      if (clock.now() < lineAt) continue;
      lineAt += LINE_MS;
      this.parts.tell(this.#line());
    }
    this.#isOver = true;
  }

  async #connect(front: string, address: string): Promise<void> {
    const count = this.#counts.get(front)!;
    let failure = "it was closed without an answer";
    try {
      if (await this.parts.ask(address) !== "") failure = "";
    } catch (error) {
      failure = errorMessage(error);
    }
    // What is cut off at the end says nothing.
    if (this.#isOver) return;
    if (failure === "") count.served++;
    else {
      count.failed++;
      count.error = failure;
    }
  }

  /** Since the start, and what failed since the last line. */
  #line(): string {
    const time = new Date(this.parts.clock.wallTime()).toISOString().slice(11, 19);
    const parts = [...this.#counts].map(([front, count]) => {
      const why = count.error === "" ? "" : ` (${count.error})`;
      count.error = "";
      return `${front}: ${count.served} served, ${count.failed} failed${why}`;
    });
    return `${time}  ${parts.join("   ")}`;
  }
}
