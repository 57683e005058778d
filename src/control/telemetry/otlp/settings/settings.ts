import type { TraceSampling } from "../../../../model/tracing.ts";
import { Environment, type IgnoredVariable, type ReadVariable } from "./environment.ts";
import { type OtlpSignal, readReceiver, type Receiver } from "./receiver.ts";
import { type ProcessFacts, readResource } from "./resource.ts";
import { readSampling } from "./sampling.ts";

/** How a signal is gathered before it is sent. */
export interface BatchSettings {
  /** Most that waits; what exceeds it is dropped. */
  readonly maxQueue: number;
  /** Most in one request. */
  readonly maxBatch: number;
  /** What waits is sent after this long, if not before. */
  readonly delayMs: number;
  /** As `Receiver.timeoutMs`; the shorter counts. */
  readonly timeoutMs: number;
}

/** What is sent by OTLP; null for what is not. */
export interface OtlpSettings {
  /** Attributes of the resource. */
  readonly resource: Readonly<Record<string, string | number>>;
  readonly traces:
    | { readonly receiver: Receiver; readonly batch: BatchSettings; readonly sampling: TraceSampling }
    | null;
  readonly metrics:
    | { readonly receiver: Receiver; readonly intervalMs: number; readonly timeoutMs: number }
    | null;
  readonly logs: { readonly receiver: Receiver; readonly batch: BatchSettings } | null;
}

/** What the environment says. */
export interface OtlpEnvironment {
  /** Null where nothing is to be sent. */
  readonly settings: OtlpSettings | null;
  readonly ignored: readonly IgnoredVariable[];
}

/** Most that may be asked to wait. */
const MAX_QUEUE = 1_000_000;

/** Reads the `OTEL_*` variables. Without any of them nothing is sent. @param process asked for what is known of it. */
export function readOtlpSettings(read: ReadVariable, process: () => ProcessFacts): OtlpEnvironment {
  const environment = new Environment(read);
  const { ignored } = environment;
  if (environment.isTrue("OTEL_SDK_DISABLED")) return { settings: null, ignored };
  const receiver = (signal: OtlpSignal): Receiver | null => readReceiver(environment, signal);
  const [traces, metrics, logs] = [receiver("traces"), receiver("metrics"), receiver("logs")];
  if (traces === null && metrics === null && logs === null) return { settings: null, ignored: once(ignored) };
  const settings: OtlpSettings = {
    resource: readResource(environment, process()),
    traces: traces && {
      receiver: traces,
      batch: readBatch(environment, "OTEL_BSP", 5_000),
      sampling: readSampling(environment),
    },
    metrics: metrics && {
      receiver: metrics,
      intervalMs: environment.milliseconds("OTEL_METRIC_EXPORT_INTERVAL", 60_000),
      timeoutMs: environment.milliseconds("OTEL_METRIC_EXPORT_TIMEOUT", 30_000),
    },
    logs: logs && { receiver: logs, batch: readBatch(environment, "OTEL_BLRP", 1_000) },
  };
  return { settings, ignored: once(ignored) };
}

function readBatch(
  environment: Environment,
  prefix: "OTEL_BSP" | "OTEL_BLRP",
  delayMs: number,
): BatchSettings {
  const maxQueue = environment.count(`${prefix}_MAX_QUEUE_SIZE`, 2_048, MAX_QUEUE);
  const name = `${prefix}_MAX_EXPORT_BATCH_SIZE`;
  const maxBatch = environment.count(name, Math.min(512, maxQueue), MAX_QUEUE);
  if (maxBatch > maxQueue) {
    environment.ignore(name, `${maxBatch} is above ${prefix}_MAX_QUEUE_SIZE: ${maxQueue} is taken`);
  }
  return {
    maxQueue,
    maxBatch: Math.min(maxBatch, maxQueue),
    delayMs: environment.milliseconds(`${prefix}_SCHEDULE_DELAY`, delayMs),
    timeoutMs: environment.milliseconds(`${prefix}_EXPORT_TIMEOUT`, 30_000),
  };
}

/** What is read for each signal is told once. */
function once(ignored: readonly IgnoredVariable[]): IgnoredVariable[] {
  const told = new Map(ignored.map((one) => [`${one.variable} ${one.reason}`, one]));
  return [...told.values()];
}
