import type { Connection, ConnectionHandler } from "../../src/engine/engine.ts";
import { report } from "./report.ts";

let depth = 0;

/** Makes a call into the engine; a callback that comes before it returns is a violation. */
export function calling<T>(call: () => T): T {
  depth++;
  try {
    return call();
  } finally {
    depth--;
  }
}

/** To be called first in each callback. */
export function calledBack(name: string): void {
  if (depth > 0) report({ type: "violation", what: `${name} inside a call into the engine` });
}

/** A connection's handler that notices callbacks inside calls, and callbacks after the last. */
export class WatchedHandler implements ConnectionHandler {
  readonly #connection: Connection;
  readonly #own: Partial<ConnectionHandler>;
  #isOver = false;

  /** @param own Called for what it has. */
  constructor(connection: Connection, own: Partial<ConnectionHandler>) {
    this.#connection = connection;
    this.#own = own;
  }

  /** Closes the connection; nothing may come after that. */
  finish(how: "close" | "reset"): void {
    this.#isOver = true;
    calling(() => this.#connection[how]());
  }

  onData(bytes: Uint8Array): void {
    this.#check("onData");
    this.#own.onData?.(bytes);
  }

  onDrain(): void {
    this.#check("onDrain");
    this.#own.onDrain?.();
  }

  onEnd(): void {
    this.#check("onEnd");
    this.#own.onEnd?.();
  }

  onClose(error: Parameters<ConnectionHandler["onClose"]>[0]): void {
    this.#check("onClose");
    this.#isOver = true;
    report({ type: "closed", code: error === null ? null : error.code });
    this.#own.onClose?.(error);
  }

  #check(name: string): void {
    calledBack(name);
    if (this.#isOver) report({ type: "violation", what: `${name} after the end` });
  }
}
