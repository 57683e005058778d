import type { OutputConfig } from "../../../model/config_log.ts";
import { configureSink, outputName } from "./open_sink.ts";
import type { Sink } from "./sink.ts";

/** What belongs to an open place. */
export interface OpenOutput {
  readonly sink: Sink;
}

/** Places of a new config, open and not in use yet. */
export interface PreparedOutputs<T extends OpenOutput> {
  /** Each with its options. */
  readonly outputs: readonly (readonly [OutputConfig, T])[];
  /** They are the ones in use from now on. Those that are no longer wanted are left to the caller. */
  commit(): void;
  /** Closes those that were opened for this. */
  abandon(): void;
}

/** The places in use. Going over to those of another config has two steps, since opening may fail. */
export class OpenOutputs<T extends OpenOutput> {
  #open: ReadonlyMap<string, T>;

  /**
   * @param open opens a place; may throw.
   * @param first those in use before the first config.
   */
  constructor(
    private readonly open: (config: OutputConfig, name: string) => Promise<T>,
    first: readonly (readonly [string, T])[] = [],
  ) {
    this.#open = new Map(first);
  }

  /** Opens what is new; places that are in use stay as they are. @throws when one cannot be opened. */
  async prepare(configs: readonly OutputConfig[]): Promise<PreparedOutputs<T>> {
    const outputs: [OutputConfig, T][] = [];
    const opened: T[] = [];
    const abandon = (): void => opened.forEach(({ sink }) => sink.close());
    try {
      for (const config of configs) {
        const name = outputName(config);
        let output = this.#open.get(name);
        if (output === undefined) {
          output = await this.open(config, name);
          opened.push(output);
        }
        outputs.push([config, output]);
      }
    } catch (error) {
      abandon();
      throw error;
    }
    const commit = (): void => {
      this.#open = new Map(outputs.map(([config, output]) => [outputName(config), output]));
      for (const [config, { sink }] of outputs) configureSink(sink, config);
    };
    return { outputs, commit, abandon };
  }

  /**
   * Opens all files anew: they were renamed.
   * @param onFailed told of each that cannot be opened; the old one stays.
   * @returns names of the others.
   */
  async reopen(onFailed: (name: string, error: unknown) => void): Promise<string[]> {
    const reopened: string[] = [];
    for (const [name, { sink }] of this.#open) {
      try {
        if (sink.reopen === undefined) continue;
        await sink.reopen();
        reopened.push(name);
      } catch (error) {
        onFailed(name, error);
      }
    }
    return reopened;
  }
}
