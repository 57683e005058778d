import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { jsonLine, type LogEntry, Logger, type LogLevel, prettyLine } from "../../base/log.ts";
import type { LogEvent } from "../../base/log_events.ts";
import { OpenOutputs, type PreparedOutputs } from "../../control/telemetry/outputs/open_outputs.ts";
import { openSink } from "../../control/telemetry/outputs/open_sink.ts";
import type { Sink, SinkReports } from "../../control/telemetry/outputs/sink.ts";
import { SyslogMessages } from "../../control/telemetry/outputs/syslog_message.ts";
import type { Config } from "../../model/config.ts";
import type { OutputConfig } from "../../model/config_log.ts";
import { DeferredOutput } from "../deferred_output.ts";
import type { Io } from "../io.ts";

type EntryFormat = (entry: LogEntry) => string;

/** What the log is made from. */
export interface LogOutputsOptions {
  readonly clock: Clock;
  readonly io: Io;
  readonly level: LogLevel;
  /** Hears every event that is written, before it is. */
  observe(entry: LogEntry): void;
}

/** A place of the log. */
interface LogOutput {
  readonly sink: Sink;
  readonly name: string;
  /** What waits for it; null for standard error, which others of the program write to as well. */
  readonly text: DeferredOutput | null;
  format: EntryFormat;
}

const STDERR = "stderr";

/** Events that standard error shows wherever the log goes: what is wrong there would be found nowhere else. */
const ON_STDERR: ReadonlySet<LogEvent> = new Set<LogEvent>(["log_failed", "start_failed"]);

/** The program's log and the places that it goes to: standard error, until a config says otherwise. */
export class LogOutputs {
  readonly log: Logger;
  readonly #stderr: LogOutput;
  readonly #open: OpenOutputs<LogOutput>;
  #outputs: readonly LogOutput[];
  /** Places of before, while they write what they were given. */
  readonly #leaving = new Set<LogOutput>();
  /** Lines dropped by places that are gone. */
  #droppedByGone = 0;

  constructor(private readonly options: LogOutputsOptions) {
    const { clock, level } = options;
    this.log = new Logger({ level, parts: {}, clock, write: (entry) => this.#write(entry) });
    const sink: Sink = { write: (bytes) => Promise.resolve(bytes.length), close: () => {} };
    this.#stderr = { name: STDERR, sink, text: null, format: this.#format({ type: STDERR }, "auto") };
    this.#outputs = [this.#stderr];
    this.#open = new OpenOutputs((config, name) => this.#openOutput(config, name), [[STDERR, this.#stderr]]);
  }

  /** Lines dropped since the start because nobody read them, or they could not be written. */
  get dropped(): number {
    const byOthers = [...this.#outputs, ...this.#leaving].reduce(
      (sum, { text }) => sum + (text?.dropped ?? 0),
      0,
    );
    return this.options.io.dropped + this.#droppedByGone + byOthers;
  }

  /** Opens what is new in a config. @throws when that fails. */
  async prepare(
    { to, format }: Config["log"],
  ): Promise<Pick<PreparedOutputs<LogOutput>, "commit" | "abandon">> {
    const prepared = await this.#open.prepare(to);
    const commit = (): void => {
      prepared.commit();
      for (const [config, output] of prepared.outputs) output.format = this.#format(config, format);
      this.#switchTo(prepared.outputs.map(([, output]) => output));
    };
    return { commit, abandon: prepared.abandon };
  }

  /** As {@link OpenOutputs.reopen}. */
  reopen(onFailed: (name: string, error: unknown) => void): Promise<string[]> {
    return this.#open.reopen(onFailed);
  }

  /** Resolves when no line waits any more, but for standard error. A reader that never reads holds it up. */
  async flush(): Promise<void> {
    await Promise.all([...this.#outputs, ...this.#leaving].map(({ text }) => text?.flushed()));
  }

  #switchTo(outputs: readonly LogOutput[]): void {
    const old = this.#outputs.filter((output) => !outputs.includes(output));
    // Those of the time before had until now.
    if (old.length > 0) { for (const { sink } of this.#leaving) sink.close(); }
    this.#outputs = outputs;
    for (const output of old) {
      if (output.text === null) continue;
      const { text, sink } = output;
      this.#leaving.add(output);
      void text.flushed().then(() => {
        sink.close();
        this.#leaving.delete(output);
        this.#droppedByGone += text.dropped;
      });
    }
  }

  #write(entry: LogEntry): void {
    this.options.observe(entry);
    const outputs = ON_STDERR.has(entry.event) ? new Set([...this.#outputs, this.#stderr]) : this.#outputs;
    for (const { text, format } of outputs) {
      const line = format(entry);
      if (text === null) this.options.io.stderr(line);
      else text.write(line);
    }
  }

  async #openOutput(config: OutputConfig, name: string): Promise<LogOutput> {
    // Standard error may be left and come again.
    if (name === STDERR) return this.#stderr;
    const sink = await openSink(config, this.options.clock, this.#reports(name));
    const onResumed = (dropped: number): void =>
      this.log.warn("log_lines_dropped", { output: name, dropped });
    return { name, sink, text: new DeferredOutput(sink, onResumed), format: jsonLine };
  }

  #reports(output: string): SinkReports {
    let isFailing = false;
    return {
      failed: (error): void => {
        if (isFailing) return;
        isFailing = true;
        this.log.error("log_failed", { output, error: errorMessage(error) });
      },
      worked: (): void => {
        if (!isFailing) return;
        isFailing = false;
        this.log.warn("log_recovered", { output });
      },
      notRotated: (error): void =>
        this.log.error("log_rotate_failed", { output, error: errorMessage(error) }),
    };
  }

  /** By the place's own format, or that of the log. `auto` is lines for people in a terminal, and JSON elsewhere. */
  #format(output: OutputConfig, format: string): EntryFormat {
    const { io } = this.options;
    const wanted = output.format ?? format;
    const isTerminal = output.type === STDERR
      ? Deno.stderr.isTerminal()
      : output.type === "stdout" && io.isTerminal;
    const isPretty = wanted === "pretty" || (wanted === "auto" && isTerminal);
    const color = isTerminal && io.color;
    const lines: EntryFormat = isPretty ? (entry) => prettyLine(entry, color) : jsonLine;
    if (output.type !== "syslog") return lines;
    const messages = new SyslogMessages(output, { hostname: Deno.hostname(), pid: Deno.pid });
    const isPlain = wanted === "auto" && output.structured_data !== undefined;
    return (entry) => {
      const { level, ts, event, fields, message } = entry;
      return messages.format({
        level,
        ts,
        kind: event,
        fields,
        text: isPlain ? message : lines(entry).trimEnd(),
      });
    };
  }
}
