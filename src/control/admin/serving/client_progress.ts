import type { Seat, SeatState } from "./seats.ts";

/** What one client is at, over all of its requests: several may be there at once (RFC 9112 section 9.3.2). */
export class ClientProgress {
  #requests = 0;
  /** Of those requests whose body is not here as a whole. */
  #bodies = 0;
  #isWriting = false;
  #state: SeatState = "head";

  constructor(private readonly seat: Seat) {}

  /** A request's head is here. */
  began(hasBody: boolean): void {
    this.#requests++;
    if (hasBody) this.#bodies++;
    this.#update();
  }

  /** The body of one is here, or nobody waits for it any more. Called once for each that has one. */
  bodyEnded(): void {
    this.#bodies--;
    this.#update();
  }

  /** The answer to one is written. */
  answered(): void {
    this.#requests--;
    this.#update();
  }

  /** Something is being written, or is not any more. */
  writing(isWriting: boolean): void {
    this.#isWriting = isWriting;
    this.#update(isWriting);
  }

  /** @param isNew whether its time begins anew, although the state is the same. */
  #update(isNew = false): void {
    const state = this.#stateNow();
    if (state === this.#state && !(isNew && state === "write")) return;
    this.#state = state;
    this.seat.enter(state);
  }

  #stateNow(): SeatState {
    if (this.#bodies > 0) return "body";
    // What is written before a request is a handshake's, which must not take longer for that.
    if (this.#requests === 0) return "head";
    return this.#isWriting ? "write" : "answer";
  }
}
