import type { AppDetails, AppSample, Sample } from "../../../../src/control/telemetry/samples/sample.ts";

/** What a made-up sample is made of; the rest is nothing. */
export interface SampleParts extends Partial<Omit<Sample, "apps">> {
  readonly apps?: Readonly<Record<string, Partial<AppSample>>>;
}

/** An app that is ready and does nothing, but for these. */
export function appSample(parts: Partial<AppSample> = {}): AppSample {
  return {
    state: "ready",
    mode: "tcp",
    connections_active: 0,
    connections_per_second: 0,
    requests_per_second: 0,
    bytes_in_per_second: 0,
    bytes_out_per_second: 0,
    errors_per_second: 0,
    targets: 1,
    targets_available: 1,
    connect_ms: null,
    first_byte_ms: null,
    ...parts,
  };
}

/** A sample of a second. */
export function sampleOf({ apps = {}, ...parts }: SampleParts): Sample {
  const { state: _state, mode: _mode, targets: _targets, targets_available: _available, ...nothing } =
    appSample();
  const { connect_ms: _connect, first_byte_ms: _firstByte, ...rates } = nothing;
  return {
    time: "2026-11-21T08:09:10.011Z",
    seconds: 1,
    proxy: {
      ...rates,
      revision: 3,
      ready: true,
      connect_ms: null,
      first_byte_ms: null,
      reasons: {},
      connect_counts: [],
    },
    complete: true,
    removed: [],
    details: {},
    ...parts,
    apps: Object.fromEntries(Object.entries(apps).map(([name, one]) => [name, appSample(one)])),
  };
}

/** Details of an app with targets of these names. */
export function detailsOf(targets: readonly string[]): AppDetails {
  const target = {
    connections_active: 2,
    connections_per_second: 1.5,
    requests_per_second: 0,
    bytes_in_per_second: 2048,
    bytes_out_per_second: 0,
    failures_per_second: 0,
    available: true,
    health: "up",
    admin: "ready",
    weight: 1,
  } as const;
  return {
    reasons: { idle_timeout: 1, done: 12 },
    connect_counts: [],
    listeners: { "127.0.0.1:80": { connections_active: 2, connections_per_second: 1 } },
    targets: Object.fromEntries(targets.map((key) => [key, target])),
  };
}
