import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { AccessLog } from "../../control/telemetry/access_log.ts";
import { OpenOutputs, type PreparedOutputs } from "../../control/telemetry/outputs/open_outputs.ts";
import { openSink } from "../../control/telemetry/outputs/open_sink.ts";
import { Outage } from "../../control/telemetry/outputs/outage.ts";
import { Outlet } from "../../control/telemetry/outputs/outlet.ts";
import type { RecordFormat } from "../../control/telemetry/records/access_record.ts";
import type { Config } from "../../model/config.ts";
import type { OutputConfig } from "../../model/config_log.ts";
import { accessFormat } from "../access/access_format.ts";
import type { Io } from "../io.ts";

/** What places of the access log are made from. */
export interface AccessOutputsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly io: Io;
  readonly accessLog: AccessLog;
  /** How records look, whatever the config says. */
  readonly format?: RecordFormat | undefined;
}

/** The places that access records go to, by the config. */
export class AccessOutputs {
  readonly #open: OpenOutputs<Outlet>;

  constructor(private readonly options: AccessOutputsOptions) {
    const { clock, log } = options;
    this.#open = new OpenOutputs(async (config, name) => {
      const outage = new Outage(log, name);
      return new Outlet(await openSink(config, clock, outage), outage);
    });
  }

  /** Opens what is new in a config. @throws when that fails. */
  async prepare(
    { to, format }: Config["access_log"],
  ): Promise<Pick<PreparedOutputs<Outlet>, "commit" | "abandon">> {
    const prepared = await this.#open.prepare(to);
    const commit = (): void => {
      prepared.commit();
      for (const [config, outlet] of prepared.outputs) outlet.format = this.#format(config, format);
      this.options.accessLog.switchTo(prepared.outputs.map(([, outlet]) => outlet));
    };
    return { commit, abandon: prepared.abandon };
  }

  /** As {@link OpenOutputs.reopen}. */
  reopen(onFailed: (name: string, error: unknown) => void): Promise<string[]> {
    return this.#open.reopen(onFailed);
  }

  #format(config: OutputConfig, format: string): RecordFormat | null {
    return this.options.format ?? accessFormat(config, format, this.options.io);
  }
}
