import type { Report } from "../../../model/messages.ts";

/** What a data thread's worker is started with. */
export interface WorkerOrder {
  /** Module of its entry. */
  readonly url: string;
  readonly name: string;
  readonly permissions: Deno.PermissionOptionsObject;
}

/** Hears a worker. */
export interface WorkerHandler {
  onReport(report: Report): void;
  /** It could not be started, or died before it could tell by itself. */
  onError(message: string): void;
}

/** A worker that was started, perhaps by another thread than this. */
export type StartedWorker = Pick<Worker, "postMessage" | "terminate">;

/** Starts the worker of a data thread. */
export type StartWorker = (order: WorkerOrder, handler: WorkerHandler) => StartedWorker;

/** Starts it in this thread, whose priority it inherits. */
export const startWorkerHere: StartWorker = ({ url, name, permissions }, handler) => {
  const worker = new Worker(url, { type: "module", name, deno: { permissions } });
  worker.onmessage = ({ data }: MessageEvent<Report>) => handler.onReport(data);
  worker.onerror = (event: ErrorEvent) => {
    // Where it cannot tell by itself, since it did not get that far. Unprevented, the error would end the whole process.
    event.preventDefault();
    handler.onError(event.message);
  };
  return worker;
};
