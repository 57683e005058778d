import type { Report } from "../../../model/messages.ts";
import type { StartedWorker, StartWorker, WorkerHandler, WorkerOrder } from "./start_worker.ts";

/** What a {@link ThreadHost} tells its thread; `start` comes with the port of the worker to be. */
export type HostCommand =
  | { readonly type: "start"; readonly id: number; readonly order: WorkerOrder }
  | { readonly type: "end"; readonly id: number };

/** A worker died by an uncaught exception, or could not be started. */
export interface HostReport {
  readonly id: number;
  readonly message: string;
}

/**
 * A thread that starts other threads, and does nothing else: they inherit its priority, which is that of the thread that
 * made it at that moment. They are spoken to directly.
 */
export class ThreadHost {
  readonly #worker: Worker;
  readonly #handlers = new Map<number, WorkerHandler>();
  #started = 0;

  constructor() {
    this.#worker = new Worker(new URL("./thread_host_worker.ts", import.meta.url), {
      type: "module",
      name: "thread-host",
      deno: { permissions: { net: "inherit", ffi: "inherit", read: "inherit" } },
    });
    this.#worker.onmessage = ({ data }: MessageEvent<HostReport>) => {
      this.#handlers.get(data.id)?.onError(data.message);
    };
  }

  /** As `startWorkerHere`, there. */
  readonly start: StartWorker = (order, handler): StartedWorker => {
    const id = this.#started++;
    const { port1, port2 } = new MessageChannel();
    this.#handlers.set(id, handler);
    port1.onmessage = ({ data }: MessageEvent<Report>) => handler.onReport(data);
    this.#tell({ type: "start", id, order }, [port2]);
    return {
      postMessage: (message: unknown) => port1.postMessage(message),
      terminate: () => {
        if (!this.#handlers.delete(id)) return;
        port1.close();
        this.#tell({ type: "end", id });
      },
    };
  };

  /** Ends it, and what it started. */
  close(): void {
    this.#worker.terminate();
  }

  #tell(command: HostCommand, ports: readonly MessagePort[] = []): void {
    this.#worker.postMessage(command, [...ports]);
  }
}
