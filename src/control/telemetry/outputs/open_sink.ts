import type { Clock } from "../../../base/clock.ts";
import type { OutputConfig } from "../../../model/config_log.ts";
import { formatSyslogAddress } from "../../../model/syslog_address.ts";
import { FileSink } from "./file_sink.ts";
import type { Sink, SinkReports } from "./sink.ts";
import { standardStreams } from "./standard_streams.ts";
import { SyslogSink } from "./syslog_sink.ts";

/** What a place is called in the log; two with the same name are the same place. */
export function outputName(config: OutputConfig): string {
  switch (config.type) {
    case "file":
      return config.path;
    case "syslog":
      return formatSyslogAddress(config.address);
    default:
      return config.type;
  }
}

/**
 * Opens a place to write to. A syslog receiver need not be there yet.
 * @throws when a file cannot be opened, or is a pipe that nobody opens to read from.
 */
export async function openSink(config: OutputConfig, clock: Clock, reports: SinkReports): Promise<Sink> {
  switch (config.type) {
    case "file":
      return await FileSink.open(config.path, clock, reports, config.rotate ?? null);
    case "syslog":
      return new SyslogSink(config.address, clock, reports);
    default: {
      const stream = standardStreams[config.type];
      return { write: (bytes) => stream.write(bytes), close: () => {} };
    }
  }
}

/** Has an open place go by other options. */
export function configureSink(sink: Sink, config: OutputConfig): void {
  if (sink instanceof FileSink && config.type === "file") sink.rotateBy(config.rotate ?? null);
}
