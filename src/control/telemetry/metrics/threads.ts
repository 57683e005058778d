import { formatAddress } from "../../../model/address.ts";
import { Board, Counter, PROCESS_SLOT } from "../../../model/board.ts";
import type { ListenerService } from "../../daemon/threads/fleet.ts";
import type { Family, Sample } from "./family.ts";
import { single } from "./families.ts";
import type { Scrape } from "./scrape.ts";

const STATES = ["starting", "running", "retiring", "hanging", "crashed"] as const;

/** Data threads, the control thread, and the queues of the kernel before them. */
export const THREAD_METRICS: readonly Family[] = [
  {
    type: "gauge",
    name: "fproxy_workers",
    help: "Data threads, by engine and state.",
    labels: ["engine", "state"],
    collect: ({ status: { threads }, source: { daemon: { fleet } } }) =>
      fleet.restarts.flatMap(({ engine }) =>
        STATES.map((state) => ({
          labels: { engine, state },
          value: threads.filter((one) => one.engine === engine && one.state === state).length,
        }))
      ),
  },
  {
    type: "counter",
    name: "fproxy_worker_restarts_total",
    help: "Times that a data thread was replaced since it crashed or hung.",
    labels: ["engine"],
    collect: ({ source: { daemon: { fleet } } }) =>
      fleet.restarts.map(({ engine, count }) => ({ labels: { engine }, value: count })),
  },
  {
    type: "gauge",
    name: "fproxy_worker_connections",
    help: "Client connections that a data thread has now.",
    labels: ["engine", "thread"],
    collect: ({ source: { daemon: { fleet } } }) =>
      fleet.threads.map(({ engine, index, counters }) => ({
        labels: { engine, thread: `${index}` },
        value: counters[Board.counter(PROCESS_SLOT, Counter.held)] ?? 0,
      })),
  },
  {
    type: "gauge",
    name: "fproxy_worker_unanswered_pings",
    help: "Pings in a row that a data thread has not answered; one may be on its way.",
    labels: ["engine", "thread"],
    collect: ({ source: { daemon: { fleet } } }) =>
      fleet.threads.map(({ engine, index, unansweredPings }) => ({
        labels: { engine, thread: `${index}` },
        value: unansweredPings,
      })),
  },
  {
    type: "gauge",
    name: "fproxy_listener_sockets",
    help: "Listening sockets of an address that threads accept from.",
    labels: ["app", "listener"],
    collect: sockets(({ served }) => served),
  },
  {
    type: "gauge",
    name: "fproxy_listener_sockets_wanted",
    help: "Listening sockets that an address should have: one a thread.",
    labels: ["app", "listener"],
    collect: sockets(({ wanted }) => wanted),
  },
  {
    type: "gauge",
    name: "fproxy_listener_accept_queue",
    help: "Clients that wait to be accepted; on the engine epoll alone.",
    labels: ["app", "listener"],
    collect: queues(({ waiting }) => waiting),
  },
  {
    type: "gauge",
    name: "fproxy_listener_accept_queue_limit",
    help: "Most clients that may wait to be accepted; on the engine epoll alone.",
    labels: ["app", "listener"],
    collect: queues(({ limit }) => limit),
  },
  {
    type: "histogram",
    name: "fproxy_control_loop_delay_seconds",
    help: "How late timers of the control thread fire, one a second: it is busy, or gets no processor.",
    labels: [],
    collect: ({ source: { loopDelay: { boundsMs, totals } } }) => [{ labels: {}, boundsMs, totals }],
  },
  single(
    "gauge",
    "fproxy_control_heap_bytes",
    "Memory of the control thread's objects.",
    ({ source }) => source.process.heapBytes,
  ),
];

type Collect = (scrape: Scrape) => Sample[];

function sockets(read: (service: ListenerService) => number): Collect {
  return ({ apps, source: { daemon: { fleet } } }) =>
    apps.flatMap(({ snapshot }) =>
      snapshot.listeners.map(({ key, address }) => ({
        labels: { app: snapshot.name, listener: formatAddress(address) },
        value: read(fleet.serviceOf(snapshot, key)),
      }))
    );
}

function queues(read: (queue: { readonly waiting: number; readonly limit: number }) => number): Collect {
  return ({ apps, source: { daemon: { fleet } } }) =>
    apps.flatMap(({ snapshot }) =>
      snapshot.listeners.flatMap(({ key, address }) => {
        const queue = fleet.queueOf(snapshot, key);
        return queue === null
          ? []
          : [{ labels: { app: snapshot.name, listener: formatAddress(address) }, value: read(queue) }];
      })
    );
}
