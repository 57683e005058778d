import { sleep } from "../../../base/clock.ts";
import type { LogEntry } from "../../../base/log.ts";
import { writeTraceSampling } from "../../../model/tracing.ts";
import type { RolloutEntry } from "../../rollouts/rollout.ts";
import type { SignalCounts } from "../signal_counts.ts";
import { BatchExporter } from "./batch_exporter.ts";
import { Delivery, type DeliveryContext } from "./delivery.ts";
import type { Codec, Codecs } from "./encoding/encode.ts";
import { type LoggedEvent, loggedEvent } from "./log_event.ts";
import { MetricExporter, type MetricReading } from "./metric_exporter.ts";
import { RolloutSpans } from "./rollout_spans.ts";
import { OTLP_SIGNALS, type OtlpSignal, type Receiver } from "./settings/receiver.ts";
import type { BatchSettings, OtlpSettings } from "./settings/settings.ts";
import type { Span } from "./span.ts";
import { TraceReceiver } from "./trace_receiver.ts";

/** What telemetry by OTLP is made from. */
export interface OtlpOptions extends Omit<DeliveryContext, "userAgent"> {
  readonly version: string;
  /** The board's words: they tell data threads what to trace. */
  readonly words: Int32Array;
}

type Exporter = Pick<BatchExporter<unknown>, "flush" | "stop">;

/** Sends what happens in the program to receivers of OpenTelemetry. Nobody waits for them. */
export class Otlp {
  readonly #rollouts = new RolloutSpans();
  readonly #deliveries: { readonly health: SignalCounts }[] = [];
  readonly #exporters: Exporter[] = [];
  readonly #spans: BatchExporter<Span> | null;
  readonly #logs: BatchExporter<LoggedEvent> | null;
  readonly #receiver: TraceReceiver | null;
  /** The encoder is large, and loaded when the first batch is sent. */
  #codecs: Promise<Record<Receiver["protocol"], Codecs>> | null = null;

  /** Data threads that are started from now on trace as the settings say. */
  constructor(private readonly settings: OtlpSettings, private readonly options: OtlpOptions) {
    const { traces, logs } = settings;
    const { words, clock } = options;
    this.#spans = traces && this.#batches<Span>("traces", traces);
    this.#logs = logs && this.#batches<LoggedEvent>("logs", logs);
    this.#receiver = this.#spans && new TraceReceiver(words, clock, this.#spans);
    if (traces !== null) writeTraceSampling(words, traces.sampling);
  }

  /** What became of each signal that is sent. */
  get counts(): readonly SignalCounts[] {
    return this.#deliveries.map(({ health }) => health);
  }

  /** Says what is sent, and begins to read metrics. Once. */
  start(metrics: MetricReading): void {
    const { settings, options: { log, clock } } = this;
    const signals = OTLP_SIGNALS.filter((signal) => settings[signal] !== null);
    log.info("otlp_on", { signals, endpoints: signals.map((signal) => settings[signal]?.receiver.url) });
    this.#receiver?.start();
    if (settings.metrics === null) return;
    const { receiver, intervalMs, timeoutMs } = settings.metrics;
    const exporter = new MetricExporter(
      clock,
      intervalMs,
      metrics,
      this.#delivery("metrics", receiver, timeoutMs),
    );
    this.#exporters.push(exporter);
    exporter.start();
  }

  /** Takes whole lines of trace records that a data thread sent. */
  traced(lines: Uint8Array<ArrayBuffer>, thread: number): void {
    this.#receiver?.receive(lines, thread);
  }

  /** A data thread is gone. @param sentBytes of trace records that it sent in its life. */
  threadGone(thread: number, sentBytes: number): void {
    this.#receiver?.threadGone(thread, sentBytes);
  }

  /** Takes an event of the log. */
  logged(entry: LogEntry): void {
    this.#logs?.push([loggedEvent(entry, this.#spans && this.#rollouts.idsFor(entry.event))]);
  }

  /** A rollout begins. */
  rolloutBegan(): void {
    this.#rollouts.begin();
  }

  /** The rollout that began last has ended. */
  rolloutEnded(entry: RolloutEntry): void {
    this.#spans?.push([this.#rollouts.end(entry)]);
  }

  /** Sends what is left, and ends. @param timeoutMs what is not sent by then is given up. */
  async close(timeoutMs: number): Promise<void> {
    this.#receiver?.close();
    const flushed = Promise.all(this.#exporters.map((exporter) => exporter.flush()));
    await Promise.race([flushed, sleep(this.options.clock, timeoutMs)]);
    for (const exporter of this.#exporters) exporter.stop();
  }

  #batches<Item extends Span | LoggedEvent>(
    signal: "traces" | "logs",
    { receiver, batch }: { readonly receiver: Receiver; readonly batch: BatchSettings },
  ): BatchExporter<Item> {
    const delivery = this.#delivery<readonly Item[]>(signal, receiver, batch.timeoutMs);
    const exporter = new BatchExporter(this.options.clock, batch, delivery);
    this.#exporters.push(exporter);
    return exporter;
  }

  #delivery<Batch>(signal: OtlpSignal, receiver: Receiver, timeoutMs: number): Delivery<Batch> {
    const codec = async (): Promise<Codec<Batch>> =>
      (await this.#loadCodecs())[receiver.protocol][signal] as unknown as Codec<Batch>;
    const { version } = this.options;
    const context = { ...this.options, userAgent: `fproxy/${version}` };
    const delivery = new Delivery(signal, receiver, Math.min(timeoutMs, receiver.timeoutMs), codec, context);
    this.#deliveries.push(delivery);
    return delivery;
  }

  #loadCodecs(): Promise<Record<Receiver["protocol"], Codecs>> {
    const { settings: { resource }, options: { version } } = this;
    return this.#codecs ??= import("./encoding/encode.ts").then(({ codecs }) => codecs(resource, version));
  }
}
