/**
 * Entry of the thread that starts data threads, see `ThreadHost`.
 * @module
 */
import { errorMessage } from "../../../base/errors.ts";
import type { HostCommand, HostReport } from "./thread_host.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;
const workers = new Map<number, Worker>();

function report(message: HostReport): void {
  scope.postMessage(message);
}

function start(
  id: number,
  { url, name, permissions }: Extract<HostCommand, { type: "start" }>["order"],
  port: MessagePort,
): void {
  try {
    const worker = new Worker(url, { type: "module", name, deno: { permissions } });
    worker.onerror = (event: ErrorEvent) => {
      event.preventDefault();
      report({ id, message: event.message });
    };
    worker.postMessage(null, [port]);
    workers.set(id, worker);
  } catch (error) {
    report({ id, message: errorMessage(error) });
  }
}

scope.onmessage = ({ data, ports: [port] }: MessageEvent<HostCommand>) => {
  if (data.type === "start" && port !== undefined) start(data.id, data.order, port);
  if (data.type === "end") {
    workers.get(data.id)?.terminate();
    workers.delete(data.id);
  }
};
