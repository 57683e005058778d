import { Bag } from "../../base/bag.ts";
import type { Clock } from "../../base/clock.ts";
import type { SocketAddress } from "../../model/address.ts";
import { AcceptGate, type GateWord } from "../accept_gate.ts";
import { Lingering } from "../lingering.ts";
import type {
  AcceptHandler,
  Attempt,
  ConnectHandler,
  Connection,
  ConnectOptions,
  Engine,
  Listener,
  ListenOptions,
  Relay,
  RelayHandler,
  Timer,
} from "../engine.ts";
import { DenoAttempt } from "./attempt.ts";
import { BufferPool } from "./buffer_pool.ts";
import { ClockTimers } from "./clock_timers.ts";
import { DenoConnection } from "./connection.ts";
import { DenoListener } from "./listener.ts";
import { DenoRelay } from "./relay.ts";
import type { Disposable, SharedParts } from "./shared_parts.ts";

/** How often what lives is looked after. */
const TICK_MS = 1_000;

/** The engine that runs on every system: `Deno.listen`, `Deno.connect`, `read` and `write` behind callbacks. */
export class DenoEngine implements Engine, SharedParts {
  readonly name = "deno";
  /** The thread's own event loop does everything. */
  readonly run = null;
  readonly clock: Clock;
  readonly timers: ClockTimers;
  readonly pool = new BufferPool();
  readonly gate: AcceptGate;
  /** Those that were closed and are not gone yet. */
  readonly lingeringParts: Lingering;
  readonly #live = new Bag<Disposable>();
  #ticking = false;

  constructor(options: { readonly clock: Clock; readonly gate: GateWord }) {
    this.clock = options.clock;
    this.timers = new ClockTimers(options.clock);
    this.lingeringParts = new Lingering((callback) => void this.timers.add(0, callback));
    this.gate = new AcceptGate({
      words: options.gate.words,
      index: options.gate.index,
      clock: options.clock,
      timer: (delayMs, callback) => this.timers.add(delayMs, callback),
    });
  }

  now(): number {
    return this.clock.now();
  }

  listen(address: SocketAddress, options: ListenOptions, handler: AcceptHandler): Listener {
    return new DenoListener(this, address, options, handler);
  }

  connect(address: SocketAddress, options: ConnectOptions, handler: ConnectHandler): Attempt {
    return new DenoAttempt(this, address, options, handler);
  }

  /** @throws {TypeError} when a connection is not of this engine. */
  relay(client: Connection, target: Connection, handler: RelayHandler): Relay {
    if (!(client instanceof DenoConnection && target instanceof DenoConnection)) {
      throw new TypeError("Cannot relay a connection of another engine");
    }
    return new DenoRelay(this, client, target, handler);
  }

  timer(delayMs: number, callback: () => void): Timer {
    return this.timers.add(delayMs, callback);
  }

  get lingering(): number {
    return this.lingeringParts.count;
  }

  watchLingering(onChange: (change: 1 | -1) => void): void {
    this.lingeringParts.watch(onChange);
  }

  whenFlushed(callback: () => void): void {
    this.lingeringParts.whenNone(callback);
  }

  shutdown(): void {
    this.lingeringParts.forget();
    this.#live.forEach((part) => part.destroy());
    this.gate.close();
    this.timers.clear();
    this.#ticking = false;
  }

  /** For the engine's own parts. */
  register(part: Disposable): void {
    this.#live.add(part);
    if (this.#ticking) return;
    this.#ticking = true;
    this.timers.add(TICK_MS, this.#tick);
  }

  /** For the engine's own parts. */
  unregister(part: Disposable): void {
    this.#live.delete(part);
  }

  readonly #tick = (): void => {
    this.#live.forEach((part) => part.tick());
    this.#ticking = this.#live.size > 0;
    if (this.#ticking) this.timers.add(TICK_MS, this.#tick);
  };
}
