import { type Clock, sleep } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { FINAL_FLUSH_MS } from "../../base/limits.ts";
import type { LogEntry, Logger, LogLevel } from "../../base/log.ts";
import { AccessLog } from "../../control/telemetry/access_log.ts";
import type { RecordFormat } from "../../control/telemetry/records/access_record.ts";
import type { Dropped } from "../../control/daemon/status.ts";
import type { Config } from "../../model/config.ts";
import type { Io } from "../io.ts";
import { AccessOutputs } from "./access_outputs.ts";
import { LogOutputs } from "./log_outputs.ts";

/** What the outputs are made from. */
export interface OutputsOptions {
  readonly clock: Clock;
  readonly io: Io;
  /** Of the log, until a config says otherwise. */
  readonly level: LogLevel;
  /** The board's words. */
  readonly words: Int32Array;
  /** How access records look, whatever the config says. */
  readonly formatAccess?: RecordFormat | undefined;
  /** Hears every event that is logged. */
  observe(entry: LogEntry): void;
}

/** The places of a new config, open and not in use yet. */
export interface NextOutputs {
  commit(): void;
  /** Closes what was opened for it. */
  abandon(): void;
}

/** All that the running program writes: its log and its access log, each to the places that the config names. */
export class Outputs {
  readonly log: Logger;
  readonly accessLog: AccessLog;
  readonly #logOutputs: LogOutputs;
  readonly #accessOutputs: AccessOutputs;

  constructor(private readonly options: OutputsOptions) {
    const { clock, io, words, formatAccess } = options;
    this.#logOutputs = new LogOutputs(options);
    this.log = this.#logOutputs.log;
    this.accessLog = new AccessLog({ clock, words });
    this.#accessOutputs = new AccessOutputs({
      clock,
      log: this.log,
      io,
      accessLog: this.accessLog,
      format: formatAccess,
    });
  }

  get dropped(): Dropped {
    return { access_records: this.accessLog.dropped, log_lines: this.#logOutputs.dropped };
  }

  /** Opens what is new in a config. @throws when that fails; then nothing has changed. */
  async prepare({ log, access_log }: Config): Promise<NextOutputs> {
    const logs = await this.#logOutputs.prepare(log);
    try {
      const records = await this.#accessOutputs.prepare(access_log);
      const both = [logs, records];
      return {
        commit: () => both.forEach((one) => one.commit()),
        abandon: () => both.forEach((one) => one.abandon()),
      };
    } catch (error) {
      logs.abandon();
      throw error;
    }
  }

  /** Opens all log files anew: what was renamed is written to no more, and no record is lost. */
  async reopen(): Promise<void> {
    const onFailed = (output: string, error: unknown): void =>
      this.log.error("access_log_reopen_failed", { output, error: errorMessage(error) });
    const log = await this.#logOutputs.reopen(onFailed);
    const records = await this.#accessOutputs.reopen(onFailed);
    if (log.length + records.length === 0) return;
    this.log.info("access_log_reopened", {
      ...(records.length === 0 ? {} : { access_log: records.join(", ") }),
      ...(log.length === 0 ? {} : { log: log.join(", ") }),
    });
  }

  /** Waits for the readers, but not for ever: one that reads no more cannot keep the program alive. */
  async flush(): Promise<void> {
    const { clock, io } = this.options;
    const flushed = Promise.all([this.accessLog.flush(), this.#logOutputs.flush()]);
    await Promise.race([flushed, sleep(clock, FINAL_FLUSH_MS)]);
    await io.flush(FINAL_FLUSH_MS);
  }
}
