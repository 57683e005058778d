import type { EngineName } from "../../engine/engine.ts";
import type { Command, Init, Report } from "../../model/messages.ts";
import { openLink } from "./thread_link.ts";
import type { ThreadLink } from "./thread_link.ts";

/** Where a data thread is in its life. */
export type ThreadState = "starting" | "running" | "retiring" | "stopped" | "crashed";

/** Receives what a data thread reports. */
export interface ThreadHandler {
  onReport(report: Report, thread: Thread): void;
  /** It died by an uncaught exception; it is gone. */
  onCrash(message: string, thread: Thread): void;
}

/** What a data thread is started with. */
export interface ThreadOptions {
  /** Module of the thread's entry. */
  readonly workerUrl: string;
  readonly index: number;
  readonly engine: EngineName;
  readonly board: SharedArrayBuffer;
}

/** A data thread carries traffic and does nothing else; `epoll` calls the C library and reads `/proc/self/fd`. */
const PERMISSIONS: Readonly<Record<EngineName, Deno.PermissionOptionsObject>> = {
  deno: { net: "inherit" },
  epoll: { net: "inherit", ffi: "inherit", read: "inherit" },
};

/** One data thread, seen from control. */
export class Thread {
  state: ThreadState = "starting";
  /** Revision that the thread acknowledged last. */
  revision = 0;
  readonly index: number;
  readonly engine: EngineName;
  readonly #worker: Worker;
  readonly #link: ThreadLink;

  /** @throws {NetError} `exhausted` when there is no descriptor left for it. */
  constructor(options: ThreadOptions, handler: ThreadHandler) {
    const { index, engine, board, workerUrl } = options;
    this.index = index;
    this.engine = engine;
    this.#link = openLink(engine);
    this.#worker = new Worker(workerUrl, {
      type: "module",
      name: `data-${index}`,
      deno: { permissions: PERMISSIONS[engine] },
    });
    this.#worker.onmessage = ({ data }: MessageEvent<Report>) => {
      if (data.type === "stopped") this.#finish("stopped");
      handler.onReport(data, this);
    };
    this.#worker.onerror = (event: ErrorEvent) => {
      // Unprevented, the error would end the whole process.
      event.preventDefault();
      if (this.#finish("crashed")) handler.onCrash(event.message, this);
    };
    const init: Init = { type: "init", thread: index, engine, board, ...this.#link.share };
    this.#worker.postMessage(init);
  }

  /** Sends a command; commands arrive in order. */
  send(command: Command): void {
    if (this.state !== "crashed" && this.state !== "stopped") this.#link.send(this.#worker, command);
  }

  /** Has the thread close everything and end at once; it reports `stopped`. */
  stop(): void {
    this.send({ type: "stop" });
  }

  #finish(state: "stopped" | "crashed"): boolean {
    if (this.state === "stopped" || this.state === "crashed") return false;
    this.state = state;
    this.#worker.terminate();
    this.#link.close();
    return true;
  }
}
