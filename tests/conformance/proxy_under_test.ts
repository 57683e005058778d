import assert from "node:assert/strict";
import type { EngineName } from "../../src/engine/engine.ts";
import { tryClose } from "../kit/tcp_server.ts";
import { within } from "../kit/within.ts";
import { Command, type Report, type ReportOf, type Scenario, type WorkerInit } from "./protocol.ts";

/** A worker that runs a scenario on an engine, as the test sees it. */
export class ProxyUnderTest implements AsyncDisposable {
  /** Everything it told, in order. */
  readonly reports: Report[] = [];
  readonly #worker: Worker;
  readonly #waiting = new Set<() => void>();
  #failure: Error | null = null;
  #port = 0;
  #controlPort = 0;

  private constructor() {
    this.#worker = new Worker(new URL("./proxy_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = (event: MessageEvent<Report>): void => {
      this.reports.push(event.data);
      this.#wake();
    };
    this.#worker.onerror = (event): void => {
      event.preventDefault();
      this.#failure = new Error(`The worker died: ${event.message}`);
      this.#wake();
    };
  }

  /** Starts a worker, and waits until it listens. */
  static async start(engine: EngineName, scenario: Scenario): Promise<ProxyUnderTest> {
    const proxy = new ProxyUnderTest();
    const init: WorkerInit = { engine, scenario };
    proxy.#worker.postMessage(init);
    try {
      const ready = await proxy.report("ready");
      proxy.#port = ready.port;
      proxy.#controlPort = ready.controlPort;
    } catch (error) {
      proxy.#worker.terminate();
      throw error;
    }
    return proxy;
  }

  /** Where it listens. */
  get port(): number {
    return this.#port;
  }

  /** A new connection to it. */
  connect(): Promise<Deno.TcpConn> {
    return within(
      "a connection to the proxy",
      Deno.connect({ hostname: "127.0.0.1", port: this.#port, autoSelectFamily: false }),
    );
  }

  /** What it told of one kind so far. */
  all<Type extends Report["type"]>(type: Type): ReportOf<Type>[] {
    return this.reports.filter((report): report is ReportOf<Type> => report.type === type);
  }

  /** Waits for the report number `index` (from 0) of a kind. */
  async report<Type extends Report["type"]>(type: Type, index = 0): Promise<ReportOf<Type>> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      const found = this.all(type)[index];
      if (found !== undefined) return found;
      await within(`report ${index} of kind ${type}, after ${this.#history()}`, this.#next());
    }
  }

  /** Waits until there are `count` reports of a kind. */
  async count(type: Report["type"], count: number): Promise<void> {
    if (count > 0) await this.report(type, count - 1);
  }

  /** Sends a command, and waits until it is carried out. */
  async command(command: number): Promise<void> {
    const done = this.all("command_done").length;
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: this.#controlPort });
    try {
      await connection.write(new Uint8Array([command]));
      await this.report("command_done", done);
    } finally {
      tryClose(connection);
    }
  }

  /** Stops engine and worker; fails when the engine broke a promise of its interface meanwhile. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#failure === null) {
        await this.command(Command.stop);
        await this.report("stopped");
      }
    } finally {
      this.#worker.terminate();
    }
    assert.deepEqual(this.all("violation"), []);
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #history(): string {
    const last = this.reports.slice(-5).map((report) => JSON.stringify(report));
    return `${this.reports.length} reports ending in ${last.join(", ")}`;
  }
}
