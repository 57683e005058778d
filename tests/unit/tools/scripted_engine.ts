import { NetError } from "../../../src/base/errors.ts";
import type {
  Attempt,
  ConnectHandler,
  Connection,
  ConnectionHandler,
  ConnectOptions,
  Engine,
  Listener,
  Relay,
  Timer,
} from "../../../src/engine/engine.ts";
import type { SocketAddress } from "../../../src/model/address.ts";
import type { FakeClock } from "../../kit/fake_clock.ts";

/** One thing that the imagined target does, `afterMs` after the request. */
export interface Act {
  readonly afterMs: number;
  readonly data?: Uint8Array;
  readonly end?: true;
  readonly reset?: true;
}

/** The imagined target. */
export interface ScriptedTarget {
  /** Time until a connection is open, or null when it is refused. */
  dialMs(dial: number): number | null;
  /** What follows a request. Numbers count from 0 over all connections. */
  answer(request: number, now: number): readonly Act[];
}

const HERE: SocketAddress = { ip: "127.0.0.1", port: 1 };

/** An engine whose one target is imagined, on a clock that the test moves. It only connects. */
export class ScriptedEngine implements Engine {
  readonly name = "deno";
  dials = 0;
  requests = 0;
  open = 0;

  constructor(readonly clock: FakeClock, readonly target: ScriptedTarget) {}

  now(): number {
    return this.clock.now();
  }

  connect(address: SocketAddress, _options: ConnectOptions, handler: ConnectHandler): Attempt {
    const dialMs = this.target.dialMs(this.dials);
    this.dials += 1;
    const cancel = this.clock.timer(dialMs ?? 0, () => {
      if (dialMs === null) handler.onFail(new NetError("refused", "refused", "target"), attempt);
      else handler.onOpen(new ScriptedConnection(this), attempt);
    });
    const attempt: Attempt = { address, startedAt: this.now(), cancel };
    return attempt;
  }

  timer(delayMs: number, callback: () => void): Timer {
    return { cancel: this.clock.timer(delayMs, callback) };
  }

  listen(): Listener {
    throw new Error("The scripted engine does not listen");
  }

  relay(): Relay {
    throw new Error("The scripted engine does not relay");
  }

  readonly lingering = 0;

  watchLingering(): void {}

  whenFlushed(callback: () => void): void {
    callback();
  }

  shutdown(): void {}
}

class ScriptedConnection implements Connection {
  readonly remote = HERE;
  readonly local = HERE;
  handler: ConnectionHandler | null = null;
  readonly #engine: ScriptedEngine;
  readonly #cancels: (() => void)[] = [];

  constructor(engine: ScriptedEngine) {
    this.#engine = engine;
    engine.open += 1;
  }

  unread(): void {
    throw new Error("The scripted engine takes no bytes back");
  }

  startTls(): void {}

  setAddresses(): void {
    throw new Error("The scripted engine is where it is");
  }

  write(_bytes: Uint8Array): boolean {
    const { clock, target } = this.#engine;
    const acts = target.answer(this.#engine.requests, clock.now());
    this.#engine.requests += 1;
    for (const { afterMs, data, end, reset } of acts) {
      this.#cancels.push(clock.timer(afterMs, () => {
        if (data !== undefined) this.handler?.onData(data);
        if (end === true) this.handler?.onEnd();
        if (reset !== true) return;
        this.#engine.open -= 1;
        this.handler?.onClose(new NetError("reset", "reset", "target"));
      }));
    }
    return true;
  }

  probePeer(): void {}

  pause(): void {}
  resume(): void {}
  end(): void {}

  close(): void {
    this.#engine.open -= 1;
    for (const cancel of this.#cancels) cancel();
  }

  reset(): void {
    this.close();
  }
}
