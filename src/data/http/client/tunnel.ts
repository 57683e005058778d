import type { Relay, RelayEnd, RelayHandler, Side } from "../../../engine/engine.ts";
import { Counter } from "../../../model/board.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import type { TargetSnapshot } from "../../../model/snapshot.ts";
import type { Place } from "../../place.ts";
import { relayEndReason } from "../../relay_end_reason.ts";
import { RelayTimeouts } from "../../relay_timeouts.ts";
import type { TimeUp } from "../../relay_timeouts.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { Switch } from "../exchange/exchange_end.ts";

/** What a client's connection is after a 101: bytes both ways, with the times and the drain of a TCP session. */
export class Tunnel implements RelayHandler {
  readonly target: TargetSnapshot;
  readonly #client: ClientConnection;
  readonly #place: Place;
  readonly #onEnd: (reason: CloseReason, tunnel: Tunnel) => void;
  readonly #relay: Relay;
  readonly #timeouts: RelayTimeouts;

  /** @param onEnd called once, when both connections are closed and the target is accounted for. */
  constructor(
    client: ClientConnection,
    { connection, target, place }: Switch,
    onEnd: (reason: CloseReason, tunnel: Tunnel) => void,
  ) {
    const { acceptedAt, app, context } = client;
    this.target = target;
    this.#client = client;
    this.#place = place;
    this.#onEnd = onEnd;
    this.#relay = context.engine.relay(client.connection, connection, this);
    // The longest duration counts from the accept.
    this.#timeouts = new RelayTimeouts(context, app.snapshot.policy, acceptedAt, this);
    this.#timeouts.begin(this.#relay);
  }

  /** Bytes received from the client. */
  get bytesFromClient(): number {
    return this.#relay.bytesFromClient;
  }

  /** Bytes received from the endpoint. */
  get bytesFromEndpoint(): number {
    return this.#relay.bytesFromTarget;
  }

  /** Side that ended first, see {@link Relay}. */
  get firstEnded(): Side | null {
    return this.#relay.firstEnded;
  }

  /** As of a TCP session. */
  drain(): void {
    this.#timeouts.drain();
  }

  /** Ends both connections. */
  stop(reason: CloseReason): void {
    this.#timeouts.stop();
    this.#relay.stop("close");
    this.#end(reason);
  }

  onHalfClose(): void {
    this.#timeouts.onHalfClose();
  }

  onDone(end: RelayEnd): void {
    this.#timeouts.stop();
    this.#end(relayEndReason(end));
  }

  onTimeUp(reason: TimeUp): void {
    this.stop(reason);
  }

  #end(reason: CloseReason): void {
    const { counters } = this.#client.context;
    this.#place.leave();
    counters.add(this.target.slot, Counter.bytesIn, this.bytesFromClient);
    counters.add(this.target.slot, Counter.bytesOut, this.bytesFromEndpoint);
    this.#onEnd(reason, this);
  }
}
