import { Thread } from "../../src/control/daemon/threads/thread.ts";
import type { EngineName } from "../../src/engine/engine.ts";
import { type ListeningSocket, openListeningSocket } from "../../src/engine/mod.ts";
import { FakeMemory } from "./fake_memory.ts";
import type { SocketAddress } from "../../src/model/address.ts";
import type { Report } from "../../src/model/messages.ts";
import type { AppSnapshot, ListenerSnapshot } from "../../src/model/snapshot.ts";
import type { AccessRecord } from "./fake_thread.ts";
import { policy } from "./snapshots.ts";
import { within } from "./within.ts";

const ANY_PORT = { ip: "127.0.0.1", port: 0 };
const WORKER_URL = new URL("../../src/data/worker.ts", import.meta.url).href;

/** A real data thread that carries apps made by hand, whose listeners the test did not choose ports for. */
export class HttpThread implements AsyncDisposable {
  /** Access records so far. */
  readonly records: AccessRecord[] = [];
  readonly #memory = new FakeMemory();
  /** For an engine that adopts its listeners. */
  readonly #socket: ListeningSocket | null;
  readonly #listener: ListenerSnapshot;
  readonly #engine: EngineName;
  readonly #thread: Thread;
  readonly #stopped: Promise<void>;
  #revision = 0;
  #onReport: (report: Report) => void = () => {};
  #crash: string | null = null;
  #sawStop: () => void = () => {};

  private constructor(engine: EngineName) {
    this.#engine = engine;
    this.#socket = engine === "epoll" ? openListeningSocket(ANY_PORT, policy({ backlog: 1024 })) : null;
    this.#listener = { key: "main", address: this.#socket?.address ?? freeAddress(), slot: 900 };
    this.#stopped = new Promise((resolve) => {
      this.#sawStop = resolve;
    });
    const { board, counters, tables } = this.#memory;
    this.#thread = new Thread({
      workerUrl: WORKER_URL,
      index: 0,
      engine,
      board: board.buffer,
      tables,
      counters,
      stage: () => 0,
    }, {
      onReport: (report) => this.#report(report),
      onCrash: (message) => {
        this.#crash = message;
        this.#sawStop();
      },
    });
  }

  /** Starts one that carries the app. */
  static async start(engine: EngineName, app: AppSnapshot): Promise<HttpThread> {
    const thread = new HttpThread(engine);
    await thread.apply(app);
    return thread;
  }

  /** Where the app listens. */
  get port(): number {
    return this.#listener.address.port;
  }

  /** A slot's counter. */
  sum(slot: number, counter: number): number {
    return this.#memory.totals.sum(slot, counter);
  }

  /** Rolls the app out, with the listener that it has. */
  async apply(app: AppSnapshot): Promise<void> {
    const revision = ++this.#revision;
    const applied = new Promise<void>((resolve, reject) => {
      this.#onReport = (report) => {
        if (report.type !== "applied" || report.revision !== revision) return;
        if (report.failures.length > 0) reject(new Error(report.failures[0]?.message));
        else resolve();
      };
    });
    this.#thread.send({
      type: "apply",
      revision,
      apps: [{ ...app, engine: this.#engine, listeners: [this.#listener] }],
      removed: [],
      ...(this.#socket === null ? {} : { sockets: { main: [this.#socket.descriptor] } }),
    });
    await within("the app to be in force", applied);
  }

  /** Has it drain. */
  drain(): void {
    this.#thread.send({ type: "drain" });
  }

  /** Resolves when it has stopped by itself. */
  get stopped(): Promise<void> {
    return this.#stopped;
  }

  /** Stops the thread. @throws {Error} when it died by an exception. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#thread.send({ type: "stop" });
    await within("the data thread to stop", this.#stopped);
    this.#socket?.close();
    if (this.#crash !== null) throw new Error(`The data thread died: ${this.#crash}`);
  }

  #report(report: Report): void {
    if (report.type === "access") {
      const lines = new TextDecoder().decode(report.lines).split("\n").slice(0, -1);
      this.records.push(...lines.map((line): AccessRecord => JSON.parse(line)));
    }
    if (report.type === "stopped") this.#sawStop();
    this.#onReport(report);
  }
}

/** An address that nobody listens on, most likely until it is used. */
function freeAddress(): SocketAddress {
  using listener = Deno.listen({ hostname: ANY_PORT.ip, port: 0 });
  return { ip: ANY_PORT.ip, port: listener.addr.port };
}
