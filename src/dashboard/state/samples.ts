import { signal } from "@preact/signals";
import type { StreamState } from "../api/follow.ts";
import type { AppDetails, AppSample, Percentiles, ProxySample, Sample } from "../api/types.ts";
import { wallTime } from "../base/clock.ts";
import { HeatMapBins } from "../pure/heat_map.ts";
import { History } from "../pure/history.ts";
import { Ring } from "../pure/ring.ts";
import { type AppNow, isError, recentErrors } from "../pure/reasons.ts";

/** Columns of the history of the proxy, or of one app. */
export const HISTORY_COLUMNS = [
  "connections",
  "new",
  "requests",
  "in",
  "out",
  "errors",
  "connect_p50",
  "connect_p90",
  "connect_p99",
  "first_p50",
  "first_p90",
  "first_p99",
] as const;

/** One of {@link HISTORY_COLUMNS}. */
export type HistoryColumn = typeof HISTORY_COLUMNS[number];

/** Points of the small pictures in the list of apps. */
export const SPARK_POINTS = 60;
/** Columns of the picture of connect times. */
export const HEAT_COLUMNS = 100;
/** Seconds that each of them is wide. */
export const HEAT_SECONDS = 3;
/** Apps that were looked at, whose history is kept. */
const MAX_TRACKED = 8;

/** What is drawn of the proxy, or of one app. */
export class Track {
  readonly history = new History(HISTORY_COLUMNS);
  readonly heat = new HeatMapBins(HEAT_COLUMNS, HEAT_SECONDS);
  /** Ends with an error since the page was opened, by reason. */
  readonly errors = new Map<string, number>();

  /** Adds what one sample tells. */
  add(
    time: number,
    sample: AppSample | ProxySample,
    details: Pick<AppDetails, "reasons" | "connect_counts">,
  ): void {
    this.history.push(time, {
      connections: sample.connections_active,
      new: sample.connections_per_second,
      requests: sample.requests_per_second,
      in: sample.bytes_in_per_second,
      out: sample.bytes_out_per_second,
      errors: sample.errors_per_second,
      ...percentileColumns("connect", sample.connect_ms),
      ...percentileColumns("first", sample.first_byte_ms),
    });
    this.heat.add({ time, counts: details.connect_counts });
    for (const [reason, count] of Object.entries(details.reasons)) {
      if (isError(reason)) this.errors.set(reason, (this.errors.get(reason) ?? 0) + count);
    }
  }
}

function percentileColumns<N extends "connect" | "first">(
  name: N,
  times: Percentiles | null,
): Record<`${N}_p50` | `${N}_p90` | `${N}_p99`, number | null> {
  return {
    [`${name}_p50`]: times?.p50 ?? null,
    [`${name}_p90`]: times?.p90 ?? null,
    [`${name}_p99`]: times?.p99 ?? null,
  } as never;
}

/** How the stream of samples is, which tells whether the page shows what is so now. */
export type Link = StreamState & { readonly since: number };

/** The stream's state, and since when. */
export const link = signal<Link>({ type: "connecting", since: wallTime() });

const sampleCount = signal(0);

/**
 * Has the component that calls it rendered anew with each sample. Who shows something of {@link apps}, {@link sparks} or a
 * {@link Track} calls it: they are no signals themselves, since thousands of apps would be as many.
 * @returns how many samples there were.
 */
export function seeSamples(): number {
  return sampleCount.value;
}

/** The proxy as a whole, null before the first sample. */
export const proxy = signal<ProxySample | null>(null);

/** All apps, as the last sample has them. */
export const apps = new Map<string, AppNow>();

/** Bytes a second of each app that has had traffic. */
export const sparks = new Map<string, Ring>();

/** Details of the apps that were asked for, as the last sample has them. */
export const details = signal<Readonly<Record<string, AppDetails>>>({});

/** Upper bounds of the buckets of connect times, milliseconds. */
export const connectBounds = signal<readonly number[]>([]);

/** The proxy as a whole. */
export const proxyTrack = new Track();
const tracks = new Map<string, Track>();

/** What is kept of an app, from the first time on that somebody looks at it. */
export function trackOf(app: string): Track {
  const track = tracks.get(app) ?? new Track();
  tracks.delete(app);
  tracks.set(app, track);
  for (const name of tracks.keys()) {
    if (tracks.size <= MAX_TRACKED) break;
    tracks.delete(name);
  }
  return track;
}

/** Takes a sample. */
export function takeSample(sample: Sample): void {
  if (sample.bounds_ms !== undefined) connectBounds.value = sample.bounds_ms.connect;
  takeApps(sample);
  const time = Date.parse(sample.time) / 1000;
  // The first message has no interval, and so no rates.
  if (sample.seconds > 0) {
    proxyTrack.add(time, sample.proxy, sample.proxy);
    for (const [name, one] of Object.entries(sample.details)) {
      const app = apps.get(name);
      if (app !== undefined) trackOf(name).add(time, app, one);
    }
    spark();
  }
  details.value = sample.details;
  proxy.value = sample.proxy;
  sampleCount.value++;
}

function takeApps({ complete, removed, apps: changed, seconds }: Sample): void {
  if (complete) { for (const name of apps.keys()) if (changed[name] === undefined) apps.delete(name); }
  for (const name of removed) apps.delete(name);
  for (const [name, app] of Object.entries(changed)) {
    apps.set(name, { ...app, errors_recent: apps.get(name)?.errors_recent ?? 0 });
  }
  for (const [name, app] of apps) {
    const errors_recent = recentErrors(app.errors_recent, app.errors_per_second, seconds);
    if (errors_recent !== app.errors_recent) apps.set(name, { ...app, errors_recent });
  }
}

/** Takes a state of the stream. */
export function takeLink(state: StreamState): void {
  const isSame = state.type === link.value.type;
  // A try that fails again does not begin a new outage.
  const since = isSame || state.type === "connecting" && link.value.type === "lost"
    ? link.value.since
    : wallTime();
  if (state.type === "connecting" && link.value.type === "lost") return;
  link.value = { ...state, since };
}

function spark(): void {
  for (const name of sparks.keys()) if (!apps.has(name)) sparks.delete(name);
  for (const [name, { bytes_in_per_second, bytes_out_per_second }] of apps) {
    const bytes = bytes_in_per_second + bytes_out_per_second;
    const ring = sparks.get(name) ?? (bytes > 0 ? new Ring(SPARK_POINTS) : null);
    if (ring === null) continue;
    ring.push(bytes);
    sparks.set(name, ring);
  }
}
