import { formatAddress } from "../../../model/address.ts";
import { Counter } from "../../../model/board.ts";
import { CLOSE_REASONS, type CloseReason } from "../../../model/close_reason.ts";
import { HISTOGRAMS } from "../../../model/histograms.ts";
import type { Family, Labels, Sample } from "./family.ts";
import { appHistogram, perApp, perTarget, single } from "./families.ts";
import type { Scrape, ScrapedApp } from "./scrape.ts";

/** Why a client is turned away before any target is asked. */
const REJECTIONS: readonly CloseReason[] = ["limit", "denied"];

/** Connections of clients and to targets, in both modes. */
export const SESSION_METRICS: readonly Family[] = [
  perApp(
    "counter",
    "fproxy_connections_total",
    "Client connections that were accepted.",
    ({ snapshot: { slot } }, scrape) => scrape.sum(slot, Counter.connections),
  ),
  perApp(
    "gauge",
    "fproxy_connections_active",
    "Client connections that are open.",
    ({ snapshot: { slot } }, scrape) => scrape.sum(slot, Counter.held),
  ),
  {
    type: "counter",
    name: "fproxy_connections_closed_total",
    help: "Client connections that ended, by reason.",
    labels: ["app", "reason"],
    collect: (scrape) => closed(scrape, CLOSE_REASONS),
  },
  {
    type: "counter",
    name: "fproxy_connections_rejected_total",
    help: "Those of them that were turned away: over a limit, or denied by a rule.",
    labels: ["app", "reason"],
    collect: (scrape) => closed(scrape, REJECTIONS),
  },
  appHistogram(
    "fproxy_connection_duration_seconds",
    "Time from the accept of a client to the end of its connection.",
    HISTOGRAMS.connection,
  ),
  {
    type: "counter",
    name: "fproxy_bytes_total",
    help: "Bytes from clients (in) and to them (out), counted when a session or request ends.",
    labels: ["app", "direction"],
    collect: (scrape) =>
      scrape.apps.flatMap(({ snapshot: { name: app, slot } }) => bytes(scrape, { app }, slot)),
  },
  perApp(
    "counter",
    "fproxy_connect_retries_total",
    "Times that another target was tried because one failed.",
    ({ snapshot: { slot } }, scrape) => scrape.sum(slot, Counter.retries),
  ),
  appHistogram(
    "fproxy_connect_duration_seconds",
    "Time that connections to targets took to open; attempts that failed are not in it.",
    HISTOGRAMS.connect,
  ),
  appHistogram(
    "fproxy_first_byte_seconds",
    "Time to a target's first byte: from the accept, or in HTTP mode from the request's whole head.",
    HISTOGRAMS.firstByte,
  ),
  listener(
    "fproxy_listener_connections_total",
    "Client connections that a listen address accepted.",
    "counter",
    Counter.connections,
  ),
  listener(
    "fproxy_listener_connections_active",
    "Client connections of a listen address that are open.",
    "gauge",
    Counter.held,
  ),
  listener(
    "fproxy_listener_accept_errors_total",
    "Times that accepting failed.",
    "counter",
    Counter.acceptErrors,
  ),
  {
    type: "counter",
    name: "fproxy_connect_attempts_total",
    help: "Attempts to connect to a target that succeeded or failed.",
    labels: ["app", "target", "result"],
    collect: (scrape) =>
      scrape.targets.flatMap(({ labels, slot }) => [
        { labels: { ...labels, result: "success" }, value: scrape.sum(slot, Counter.connections) },
        { labels: { ...labels, result: "failure" }, value: scrape.sum(slot, Counter.connectFailures) },
      ]),
  },
  perTarget(
    "gauge",
    "fproxy_target_connections_active",
    "Sessions, in HTTP mode requests, that a target has now.",
    ({ slot }, scrape) => scrape.sum(slot, Counter.held),
  ),
  {
    type: "counter",
    name: "fproxy_target_bytes_total",
    help: "Bytes to a target (in) and from it (out), counted when a session or request ends.",
    labels: ["app", "target", "direction"],
    collect: (scrape) => scrape.targets.flatMap(({ labels, slot }) => bytes(scrape, labels, slot)),
  },
  single(
    "gauge",
    "fproxy_client_connections",
    "Client connections of the whole process, those of removed apps and those that still take their last bytes included.",
    ({ status }) => status.connections.active,
  ),
  single(
    "gauge",
    "fproxy_client_connections_limit",
    "Most client connections of the process at once; 0 for no limit.",
    ({ status }) => status.connections.max,
  ),
  single(
    "counter",
    "fproxy_access_records_dropped_total",
    "Access records that were dropped because their reader was too slow.",
    ({ status }) => status.dropped.access_records,
  ),
  single(
    "counter",
    "fproxy_log_lines_dropped_total",
    "Log lines that were dropped because their reader was too slow.",
    ({ status }) => status.dropped.log_lines,
  ),
];

function listener(name: string, help: string, type: "counter" | "gauge", counter: number): Family {
  return {
    type,
    name,
    help,
    labels: ["app", "listener"],
    collect: (scrape) =>
      scrape.apps.flatMap(({ snapshot }) =>
        snapshot.listeners.map(({ address, slot }) => ({
          labels: { app: snapshot.name, listener: formatAddress(address) },
          value: scrape.sum(slot, counter),
        }))
      ),
  };
}

function closed(scrape: Scrape, reasons: readonly CloseReason[]): Sample[] {
  const ofApp = ({ snapshot: { name: app, slot } }: ScrapedApp): Sample[] =>
    reasons.map((reason) => ({
      labels: { app, reason },
      value: scrape.sum(slot, Counter.closed + CLOSE_REASONS.indexOf(reason)),
    }));
  return scrape.apps.flatMap(ofApp);
}

function bytes(scrape: Scrape, labels: Labels, slot: number): Sample[] {
  return [
    { labels: { ...labels, direction: "in" }, value: scrape.sum(slot, Counter.bytesIn) },
    { labels: { ...labels, direction: "out" }, value: scrape.sum(slot, Counter.bytesOut) },
  ];
}
