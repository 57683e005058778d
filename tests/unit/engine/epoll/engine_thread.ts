import type { SocketAddress } from "../../../../src/model/address.ts";
import { MAX_DESCRIPTORS } from "../../../../src/engine/epoll/descriptor_ledger.ts";
import type { ListeningSocket } from "../../../../src/engine/epoll/listening_socket.ts";
import { MailboxSender } from "../../../../src/engine/epoll/mailbox_sender.ts";
import { eventually } from "../../../kit/eventually.ts";
import type { EngineWorkerInit, EngineWorkerReport } from "./engine_worker.ts";
import { libc } from "../../../kit/opened_libc.ts";

/** A worker with an epoll engine, as control sees it. */
export class EngineThread {
  readonly ledger = new SharedArrayBuffer(MAX_DESCRIPTORS);
  readonly mailbox = new MailboxSender(libc);
  readonly reports: EngineWorkerReport[] = [];
  /** The message that it died with. */
  death: string | null = null;
  readonly #worker = new Worker(new URL("./engine_worker.ts", import.meta.url), { type: "module" });

  /** Starts one that serves a socket, and waits until it does. */
  static async start(socket: ListeningSocket, target: SocketAddress): Promise<EngineThread> {
    const thread = new EngineThread();
    thread.#worker.onmessage = (event: MessageEvent<EngineWorkerReport>): void =>
      void thread.reports.push(event.data);
    thread.#worker.onerror = (event): void => {
      event.preventDefault();
      thread.death = event.message;
    };
    const { descriptor } = socket;
    const init: EngineWorkerInit = {
      mailbox: thread.mailbox.share,
      ledger: thread.ledger,
      descriptor,
      target,
    };
    thread.#worker.postMessage(init);
    await eventually("the thread to serve", () => thread.count("ready") === 1 || thread.death);
    return thread;
  }

  /** How often it told something. */
  count(report: EngineWorkerReport): number {
    return this.reports.filter((each) => each === report).length;
  }

  /** Makes it throw, and waits until it is gone. */
  async crash(): Promise<void> {
    this.mailbox.send("crash");
    await eventually("the thread to die", () => this.death !== null);
    this.#worker.terminate();
    this.mailbox.close();
  }

  /** Ends it in order. A thread that still blocks cannot be terminated. */
  async end(): Promise<void> {
    this.mailbox.send("end");
    await eventually("the thread to end", () => this.count("ended") === 1);
    this.#worker.terminate();
    this.mailbox.close();
  }
}
