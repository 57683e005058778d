import type { Connection, Relay, RelayEnd, RelayHandler, Side } from "../../../engine/engine.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import type { Policy } from "../../../model/snapshot.ts";
import type { SessionContext } from "../../client_session.ts";
import { relayEndReason } from "../../relay_end_reason.ts";
import { RelayTimeouts } from "../../relay_timeouts.ts";
import type { TimeUp } from "../../relay_timeouts.ts";

/** Receives the end of a {@link Tunnel}. */
export interface TunnelOwner {
  readonly context: SessionContext;
  readonly policy: Policy;
  /** Both connections are closed. */
  onTunnelEnd(reason: CloseReason, tunnel: Tunnel): void;
}

/** What a client's connection is after a 101: bytes both ways, with the times and the drain of a TCP session. */
export class Tunnel implements RelayHandler {
  readonly #owner: TunnelOwner;
  readonly #relay: Relay;
  readonly #timeouts: RelayTimeouts;

  /** @param startedAt `engine.now()` when the client was accepted: the longest duration counts from then. */
  constructor(owner: TunnelOwner, client: Connection, endpoint: Connection, startedAt: number) {
    this.#owner = owner;
    const { context, policy } = owner;
    this.#relay = context.engine.relay(client, endpoint, this);
    this.#timeouts = new RelayTimeouts(context, policy, startedAt, this);
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
    this.#owner.onTunnelEnd(reason, this);
  }

  onHalfClose(): void {
    this.#timeouts.onHalfClose();
  }

  onDone(end: RelayEnd): void {
    this.#timeouts.stop();
    this.#owner.onTunnelEnd(relayEndReason(end), this);
  }

  onTimeUp(reason: TimeUp): void {
    this.stop(reason);
  }
}
