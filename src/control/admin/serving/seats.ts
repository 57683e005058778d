import type { Clock } from "../../../base/clock.ts";

/** What a connection waits for. */
export type SeatState =
  /** The client: its handshake, or the head of its next request. */
  | "head"
  /** The client: the rest of a body. */
  | "body"
  /** This program: nothing is asked of the client. */
  | "answer"
  /** The client: that it takes what is written. */
  | "write";

/** How many connections there may be, and how long each state may last. */
export interface SeatLimits {
  readonly max: number;
  readonly headMs: number;
  readonly bodyMs: number;
  readonly stallMs: number;
  /** No seat is taken away before: what its client sent has to be read first. */
  readonly graceMs: number;
}

/** The place of one connection. */
export interface Seat {
  /** The connection waits for something else now. */
  enter(state: SeatState): void;
  /** It is gone. Twice is harmless. */
  leave(): void;
}

interface Taken {
  state: SeatState;
  since: number;
  cancel: () => void;
  readonly close: () => void;
}

/**
 * The connections of a server, so that slow clients cannot hold it: each waits for a client for a bounded time, there are
 * only so many, and when all are taken a new one gets the seat of the one that has kept this program waiting longest.
 */
export class Seats {
  /** In the order in which they entered their state. */
  readonly #taken = new Set<Taken>();

  constructor(private readonly clock: Clock, private readonly limits: SeatLimits) {}

  /** Connections that have one. */
  get count(): number {
    return this.#taken.size;
  }

  /** Time until {@link take} finds a seat that may be taken away; 0 where it need not, or nobody can tell. */
  get delayMs(): number {
    const [first] = this.#taken.size < this.limits.max ? [] : this.#waiting();
    return first === undefined ? 0 : Math.max(0, first.since + this.limits.graceMs - this.clock.now());
  }

  /**
   * A seat for a new connection, null where all are taken by clients that wait for this program.
   * @param close ends the connection at once; called when its time is over, or its seat is needed.
   */
  take(close: () => void): Seat | null {
    if (this.#taken.size >= this.limits.max && !this.#vacate()) return null;
    const seat: Taken = { state: "head", since: 0, cancel: () => {}, close };
    const enter = (state: SeatState): void => this.#enter(seat, state);
    enter("head");
    return {
      enter: (state) => {
        if (this.#taken.has(seat)) enter(state);
      },
      leave: () => this.#leave(seat),
    };
  }

  /** Ends all. */
  closeAll(): void {
    for (const seat of [...this.#taken]) this.#end(seat);
  }

  #enter(seat: Taken, state: SeatState): void {
    this.#leave(seat);
    seat.state = state;
    seat.since = this.clock.now();
    this.#taken.add(seat);
    const limitMs = this.#limitMs(state);
    seat.cancel = limitMs === null ? () => {} : this.clock.timer(limitMs, () => this.#end(seat));
  }

  #limitMs(state: SeatState): number | null {
    const { headMs, bodyMs, stallMs } = this.limits;
    return { head: headMs, body: bodyMs, write: stallMs, answer: null }[state];
  }

  /** Ends the connection that has kept this program waiting longest. @returns whether there is one. */
  #vacate(): boolean {
    const [seat] = this.#waiting();
    if (seat !== undefined) this.#end(seat);
    return seat !== undefined;
  }

  /** Those that wait for their clients, longest first. */
  *#waiting(): Iterable<Taken> {
    for (const seat of this.#taken) if (seat.state !== "answer") yield seat;
  }

  #end(seat: Taken): void {
    this.#leave(seat);
    seat.close();
  }

  #leave(seat: Taken): void {
    seat.cancel();
    this.#taken.delete(seat);
  }
}
