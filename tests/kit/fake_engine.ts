import { NetError, type NetErrorCode } from "../../src/base/errors.ts";
import type {
  AcceptHandler,
  Attempt,
  ConnectHandler,
  Connection,
  ConnectOptions,
  Engine,
  Listener,
  ListenOptions,
  ListenSettings,
  Relay,
  RelayEnd,
  RelayHandler,
  Side,
  Timer,
} from "../../src/engine/engine.ts";
import { formatAddress, type SocketAddress } from "../../src/model/address.ts";
import type { ServerCertificate } from "../../src/model/http_policy.ts";
import type { FakeClock } from "./fake_clock.ts";
import { FakeConnection, type FakeWire } from "./fake_connection.ts";

/** How long a listener takes to empty its queue before it is closed, milliseconds. */
export const FAKE_CLOSE_MS = 5;

/** An engine without sockets, on a clock that the test moves: the test says what happens to each part. */
export class FakeEngine implements Engine, FakeWire {
  readonly name = "deno";
  /** Every listener that was bound and is not closed, in that order. */
  readonly listeners: FakeListener[] = [];
  /** Every attempt ever started. */
  readonly attempts: FakeAttempt[] = [];
  /** Every relay ever started. */
  readonly relays: FakeRelay[] = [];
  receiving: Uint8Array | null = null;
  /** Connections that count as closed with bytes left; see {@link flush}. */
  lingering = 0;
  /** Told of each of them. */
  onLingering: (change: 1 | -1) => void = () => {};
  #onFlushed: (() => void)[] = [];
  /** `ip:port` of addresses that cannot be bound, and why. */
  readonly unbindable = new Map<string, NetErrorCode>();
  /** Certificates that no listener can use, by their text. */
  readonly unusable = new Set<string>();
  /** Descriptors that cannot be adopted, for lack of another one. */
  readonly unadoptable = new Set<number>();

  constructor(readonly clock: FakeClock) {}

  /** The attempt started last. */
  get attempt(): FakeAttempt {
    return last(this.attempts, "attempt");
  }

  /** The relay started last. */
  get relayed(): FakeRelay {
    return last(this.relays, "relay");
  }

  /** The open listener of a port. */
  listener(port: number): FakeListener {
    return last(this.listeners.filter((listener) => listener.address.port === port), `listener on ${port}`);
  }

  now(): number {
    return this.clock.now();
  }

  listen(address: SocketAddress, options: ListenOptions, handler: AcceptHandler): Listener {
    const isUnadoptable = this.unadoptable.has(options.descriptor ?? -1);
    const code = isUnadoptable ? "exhausted" : this.unbindable.get(formatAddress(address));
    if (code !== undefined) {
      throw new NetError(code, `Cannot listen on ${formatAddress(address)}`, "internal");
    }
    const listener = new FakeListener(this, address, options, handler);
    this.listeners.push(listener);
    return listener;
  }

  connect(address: SocketAddress, options: ConnectOptions, handler: ConnectHandler): Attempt {
    const attempt = new FakeAttempt(this, address, options, handler);
    this.attempts.push(attempt);
    return attempt;
  }

  relay(client: Connection, target: Connection, handler: RelayHandler): Relay {
    const relay = new FakeRelay(this, toFake(client), toFake(target), handler);
    this.relays.push(relay);
    return relay;
  }

  timer(delayMs: number, callback: () => void): Timer {
    if (!(delayMs >= 0 && delayMs < 2 ** 31)) throw new RangeError(`Timer of ${delayMs} ms`);
    return { cancel: this.clock.timer(delayMs, callback) };
  }

  watchLingering(onChange: (change: 1 | -1) => void): void {
    this.onLingering = onChange;
  }

  whenFlushed(callback: () => void): void {
    if (this.lingering === 0) callback();
    else this.#onFlushed.push(callback);
  }

  /** The last bytes of closed connections have left. */
  flush(): void {
    this.lingering = 0;
    for (const callback of this.#onFlushed.splice(0)) callback();
  }

  shutdown(): void {
    this.listeners.length = 0;
  }
}

/** A listening socket: the test puts clients into its queue. */
export class FakeListener implements Listener {
  readonly #engine: FakeEngine;
  readonly #handler: AcceptHandler;
  readonly #queue: FakeConnection[] = [];
  isPaused = false;
  isClosing = false;
  /** What counts for the connections to come. */
  settings: ListenSettings;
  /** What clients are shown, null for plain TCP. */
  certificate: ServerCertificate | null = null;

  constructor(
    engine: FakeEngine,
    readonly address: SocketAddress,
    readonly options: ListenOptions,
    handler: AcceptHandler,
  ) {
    this.#engine = engine;
    this.#handler = handler;
    this.settings = options;
    this.setCertificate(options.tls ?? null);
  }

  /** Clients that wait while the listener is paused. */
  get queued(): number {
    return this.#queue.length;
  }

  /** A client comes; it is handed over at once unless the listener is paused. */
  client(ip = "203.0.113.7", port = 40_000): FakeConnection {
    const client = new FakeConnection(this.#engine, { ip, port }, this.address);
    this.#queue.push(client);
    this.#handOver();
    return client;
  }

  /** Accepting fails. */
  fail(code: NetErrorCode): void {
    this.#handler.onAcceptError(new NetError(code, `accept: ${code}`, "internal"), this);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    // Never inside the call, as the interface says.
    this.#engine.clock.timer(0, () => this.#handOver());
  }

  setSettings(settings: ListenSettings): void {
    this.settings = settings;
  }

  setCertificate(certificate: ServerCertificate | null): void {
    if (this.#engine.unusable.has(certificate?.cert ?? "")) {
      throw new NetError("tls", `Cannot use the certificate for ${formatAddress(this.address)}`, "internal");
    }
    this.certificate = certificate;
  }

  close(onClosed: () => void): void {
    if (this.isClosing) return;
    this.isClosing = true;
    this.isPaused = false;
    this.#engine.clock.timer(FAKE_CLOSE_MS, () => {
      this.#handOver();
      const at = this.#engine.listeners.indexOf(this);
      if (at >= 0) this.#engine.listeners.splice(at, 1);
      onClosed();
    });
  }

  #handOver(): void {
    while (!this.isPaused) {
      const client = this.#queue.shift();
      if (client === undefined) return;
      this.#handler.onAccept(client, this);
    }
  }
}

/** One attempt: the test opens it or lets it fail; it times out by itself. */
export class FakeAttempt implements Attempt {
  /** How it ended. */
  outcome: "open" | "failed" | "timed_out" | "cancelled" | null = null;
  readonly startedAt: number;
  readonly #engine: FakeEngine;
  readonly #handler: ConnectHandler;
  readonly #stopTimer: () => void;

  constructor(
    engine: FakeEngine,
    readonly address: SocketAddress,
    readonly options: ConnectOptions,
    handler: ConnectHandler,
  ) {
    this.#engine = engine;
    this.#handler = handler;
    this.startedAt = engine.now();
    this.#stopTimer = engine.clock.timer(options.timeoutMs, () => this.#fail("timed_out", "timed_out"));
  }

  /** The target accepts. */
  open(): FakeConnection {
    if (this.outcome !== null) throw new Error(`Attempt is over: ${this.outcome}`);
    this.#settle("open");
    const connection = new FakeConnection(this.#engine, this.address, { ip: "127.0.0.1", port: 50_000 });
    this.#handler.onOpen(connection, this);
    return connection;
  }

  /** The attempt fails. */
  fail(code: NetErrorCode = "refused"): void {
    this.#fail("failed", code);
  }

  cancel(): void {
    if (this.outcome === null) this.#settle("cancelled");
  }

  #fail(outcome: "failed" | "timed_out", code: NetErrorCode): void {
    if (this.outcome !== null) throw new Error(`Attempt is over: ${this.outcome}`);
    this.#settle(outcome);
    const where = formatAddress(this.address);
    this.#handler.onFail(
      new NetError(code, `connect to ${where} at ${this.#engine.now()}: ${code}`, "target"),
      this,
    );
  }

  #settle(outcome: NonNullable<FakeAttempt["outcome"]>): void {
    this.outcome = outcome;
    this.#stopTimer();
  }
}

/** One relay: the test moves bytes through it and ends it. */
export class FakeRelay implements Relay {
  bytesFromClient = 0;
  bytesFromTarget = 0;
  firstByteAt = 0;
  firstEnded: Side | null = null;
  lastActivityAt: number;
  /** How it ended. */
  ended: RelayEnd | "stopped_close" | "stopped_reset" | null = null;
  readonly #engine: FakeEngine;
  readonly #handler: RelayHandler;

  constructor(
    engine: FakeEngine,
    readonly client: FakeConnection,
    readonly target: FakeConnection,
    handler: RelayHandler,
  ) {
    if (client.ended !== null || target.ended !== null) throw new Error("A relay needs open connections");
    this.#engine = engine;
    this.#handler = handler;
    this.lastActivityAt = engine.now();
  }

  /** Bytes go by. */
  move(fromClient: number, fromTarget: number): void {
    this.bytesFromClient += fromClient;
    this.bytesFromTarget += fromTarget;
    this.lastActivityAt = this.#engine.now();
    if (fromTarget > 0 && this.firstByteAt === 0) this.firstByteAt = this.#engine.now();
  }

  /** One side's FIN is passed on. */
  halfClose(side: Side): void {
    this.firstEnded ??= side;
    this.#handler.onHalfClose(side);
  }

  /** The relay ends by itself. */
  finish(end: RelayEnd): void {
    this.#end(end);
    this.#handler.onDone(end);
  }

  stop(how: "close" | "reset"): void {
    this.#end(`stopped_${how}`);
  }

  #end(how: NonNullable<FakeRelay["ended"]>): void {
    if (this.ended !== null) throw new Error(`Relay is over: ${this.ended}`);
    this.ended = how;
    this.client.ended = "relay";
    this.target.ended = "relay";
  }
}

function toFake(connection: Connection): FakeConnection {
  if (connection instanceof FakeConnection) return connection;
  throw new TypeError("Not a connection of the fake engine");
}

function last<T>(list: readonly T[], what: string): T {
  const found = list.at(-1);
  if (found === undefined) throw new Error(`There is no ${what}`);
  return found;
}
