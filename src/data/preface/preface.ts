import type { NetError } from "../../base/errors.ts";
import { PROXY_HEADER_TIMEOUT_MS } from "../../base/limits.ts";
import type { ConnectionHandler, Timer } from "../../engine/engine.ts";
import { formatAddress } from "../../model/address.ts";
import type { CloseReason } from "../../model/close_reason.ts";
import type { LiveSession } from "../../model/live_session.ts";
import type { AppParts } from "../../model/session_effect.ts";
import type { ListenerSnapshot } from "../../model/snapshot.ts";
import type { App } from "../app.ts";
import type { ClientSession, SessionContext } from "../client_session.ts";
import { parseProxyHeader } from "../proxy_protocol/parse_proxy_header.ts";
import type { ProxiedClient } from "../proxy_protocol/proxied_client.ts";
import type { ProxyHeader } from "../proxy_protocol/proxy_header.ts";
import type { AcceptedClient } from "./accepted_client.ts";
import { recordRefusal } from "./record_refusal.ts";

const NO_BYTES = new Uint8Array(0);

/** Who begins sessions after prefaces. */
export interface PrefaceOwner {
  /** The client's session is to begin. @param proxied what a header said, null where there was none or it says nothing. */
  onPassed(preface: Preface, proxied: ProxiedClient | null): void;
  /** The client was turned away for what its sender said, or did not say. */
  onRefused(preface: Preface, error: string): void;
}

/**
 * What is between accept and session where an app takes PROXY headers: reads the header, gives back what comes behind it, and
 * tells the connection its addresses. It stands in for the session until that begins, so that it counts, drains and is cut
 * as one.
 */
export class Preface implements ClientSession, ConnectionHandler {
  bagIndex = -1;
  readonly #acceptedAt: number;
  /** What came so far. */
  #bytes: Uint8Array = NO_BYTES;
  /** A header has begun. */
  #hasSignature = false;
  #timer: Timer | null = null;
  #deadlineAt: number;
  /** Why the client is turned away at the deadline. */
  #lateReason: CloseReason = "idle_timeout";
  #isOver = false;

  constructor(
    private readonly context: SessionContext,
    readonly client: AcceptedClient,
    private readonly owner: PrefaceOwner,
  ) {
    this.#acceptedAt = context.engine.now();
    this.#deadlineAt = this.#acceptedAt + PROXY_HEADER_TIMEOUT_MS;
  }

  get app(): App {
    return this.client.app;
  }

  get listener(): ListenerSnapshot {
    return this.client.listener;
  }

  get number(): number {
    return this.client.number;
  }

  fits(app: AppParts): boolean {
    return app.hasListener(this.listener.key);
  }

  start(): void {
    const { app: { trustedSenders }, client: { connection } } = this;
    if (trustedSenders?.has(connection.remote.ip) === false) {
      if (this.#isRequired) return this.#refuse("denied", "its sender is not trusted");
      return this.#pass(null);
    }
    connection.handler = this;
    this.#startTimer();
    connection.resume();
  }

  /** The session that follows is handed off. */
  handOff(): void {}

  /** The session that follows drains. */
  drain(): void {
    if (this.#isOver) return;
    const drainedAt = this.context.engine.now() + this.app.snapshot.policy.drainTimeoutMs;
    if (drainedAt >= this.#deadlineAt) return;
    this.#deadlineAt = drainedAt;
    this.#lateReason = "drain";
    this.#startTimer();
  }

  /** It has none. */
  targetsDown(): void {}

  cut(reason: CloseReason): void {
    if (!this.#isOver) this.#refuse(reason, null);
  }

  describe(): LiveSession {
    const { engine } = this.context;
    const { name, revision } = this.app.snapshot;
    return {
      id: this.#id,
      number: this.number,
      app: name,
      listener: this.listener.key,
      client: formatAddress(this.client.connection.remote),
      target: null,
      revision,
      ageMs: engine.now() - this.#acceptedAt,
      bytesIn: this.#bytes.length,
      bytesOut: 0,
      requests: this.app.isHttp ? 0 : null,
    };
  }

  trace(): null {
    return null;
  }

  onData(bytes: Uint8Array): void {
    const all = this.#bytes.length === 0 ? bytes : joined(this.#bytes, bytes);
    const found = parseProxyHeader(all);
    switch (found.type) {
      case "more":
        this.#bytes = all === bytes ? bytes.slice() : all;
        this.#hasSignature = found.hasSignature;
        return;
      case "none":
        if (this.#isRequired) return this.#refuse("denied", "it sent no PROXY header");
        return this.#serve(all, null);
      case "broken":
        return this.#refuse("denied", `its PROXY header ${found.error}`);
      case "header":
        return this.#serve(all.subarray(found.length), found.header);
    }
  }

  onDrain(): void {}

  onEnd(): void {
    if (this.#mayBePlain) this.#serve(this.#bytes, null);
    else this.#refuse("client_abort", this.#hasSignature ? "it left within its PROXY header" : null);
  }

  onClose(_error: NetError | null): void {
    this.#end("client_abort");
  }

  /** As its record names it. */
  get #id(): string {
    return this.context.idPrefix + this.number.toString(36);
  }

  get #isRequired(): boolean {
    return this.app.snapshot.proxyAccept?.isRequired === true;
  }

  /** What came, if anything, is no header unless more comes. In TLS the client speaks first. */
  get #mayBePlain(): boolean {
    return !this.#isRequired && !this.#hasSignature && this.app.snapshot.certificate === null;
  }

  #startTimer(): void {
    this.#timer?.cancel();
    const { engine } = this.context;
    this.#timer = engine.timer(Math.max(0, this.#deadlineAt - engine.now()), () => this.#onTime());
  }

  #onTime(): void {
    const isDrained = this.#lateReason === "drain";
    if (this.#mayBePlain && !isDrained) return this.#serve(this.#bytes, null);
    this.#refuse(
      this.#lateReason,
      isDrained ? null : `it sent no whole PROXY header in ${PROXY_HEADER_TIMEOUT_MS} ms`,
    );
  }

  /** @param rest what came behind the header. */
  #serve(rest: Uint8Array, header: ProxyHeader | null): void {
    const { connection } = this.client;
    connection.pause();
    connection.unread(rest);
    if (header === null || header.isLocal) return this.#pass(null);
    const sender = connection.remote;
    const { addresses } = header;
    if (addresses?.kind === "inet") connection.setAddresses(addresses.source, addresses.destination);
    this.#pass({ sender, header });
  }

  #pass(proxied: ProxiedClient | null): void {
    this.#leave();
    this.client.connection.startTls();
    this.owner.onPassed(this, proxied);
  }

  /** @param error for the log, null where nobody is to blame. */
  #refuse(reason: CloseReason, error: string | null): void {
    if (error !== null) this.owner.onRefused(this, error);
    this.client.connection.reset();
    this.#end(reason);
  }

  #end(reason: CloseReason): void {
    this.#leave();
    const { engine } = this.context;
    const durationMs = engine.now() - this.#acceptedAt;
    this.client.place.leave(reason, durationMs);
    recordRefusal(this.context, this.client, this.#id, reason, this.#acceptedAt);
    this.context.onEnded(this);
  }

  #leave(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.client.connection.handler = null;
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}
