import { type Clock, sleep } from "../../../base/clock.ts";
import { HISTOGRAMS } from "../../../model/histograms.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";
import type { AppCondition } from "../../daemon/app_condition.ts";
import { serviceRates } from "./activity.ts";
import { AppSampler, type SampledApp } from "./app_sampler.ts";
import { DetailSampler, type DetailSource } from "./detail_sampler.ts";
import { ProxyTotals } from "./proxy_totals.ts";
import type { ProxySample } from "./sample.ts";

/** Apps that are sampled at a stretch, ... */
const SLICE = 100;
/** ... and how long slices may follow each other before others have their turn. */
const STRETCH_MS = 5;

/** What is sampled. */
export interface SampleSource extends DetailSource {
  /** Those of the running config, and those on their way out that still have sessions. */
  apps(): Iterable<AppSnapshot>;
  conditionOf(app: AppSnapshot): AppCondition;
  proxy(): {
    readonly revision: number;
    /** Whether it could be ready: it has a config, and does not stop. */
    readonly serves: boolean;
    readonly connections: number;
  };
}

/** Samples everything once an interval, for all who follow at that interval. What did not change is not encoded again. */
export class Sampler {
  /** Samples taken so far; it grows when one is whole. */
  count = 0;
  readonly #apps = new Map<string, AppSampler>();
  readonly #current = new Map<string, SampledApp>();
  readonly #details = new Map<string, { readonly sampler: DetailSampler; json: string }>();
  /** What every message begins with. */
  #head = "";
  #changed: readonly string[] = [];
  /** The apps of the last sample as JSON, where somebody wanted them. */
  #texts: { complete?: string; changed?: string } = {};
  #removed: readonly string[] = [];
  #sampledAt: number | null = null;
  #cancel: () => void = () => {};
  #isClosed = false;

  /**
   * @param wanted names of the apps that somebody asks details of.
   * @param onSample called when a sample is whole.
   */
  constructor(
    private readonly clock: Clock,
    private readonly source: SampleSource,
    private readonly intervalMs: number,
    private readonly wanted: () => ReadonlySet<string>,
    private readonly onSample: () => void,
  ) {}

  /** Takes the first sample, and goes on. Once. */
  start(): void {
    void this.#run(this.clock.now());
  }

  /** Takes no more. */
  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  /**
   * The last sample as JSON.
   * @param details names of apps.
   * @param isComplete with all apps; else with those that changed.
   */
  message(details: Iterable<string>, isComplete: boolean): string {
    const apps = this.#appsText(isComplete);
    const detailed = members(details, (name) => this.#detail(name));
    const removed = JSON.stringify(isComplete ? [] : this.#removed);
    const bounds = isComplete
      ? `,"bounds_ms":${JSON.stringify({ connect: HISTOGRAMS.connect.boundsMs })}`
      : "";
    return `${this.#head},"complete":${isComplete},"apps":{${apps}},"removed":${removed},"details":{${detailed}}${bounds}}`;
  }

  /** Followers share it. */
  #appsText(isComplete: boolean): string {
    const which = isComplete ? "complete" : "changed";
    const names = isComplete ? this.#apps.keys() : this.#changed;
    return this.#texts[which] ??= members(names, (name) => this.#apps.get(name)?.json);
  }

  async #run(dueAt: number): Promise<void> {
    await this.#sample();
    if (this.#isClosed) return;
    this.onSample();
    // Ticks that are over already are left out.
    const now = this.clock.now();
    const missed = Math.max(0, Math.floor((now - dueAt) / this.intervalMs));
    const next = dueAt + (missed + 1) * this.intervalMs;
    this.#cancel = this.clock.timer(next - now, () => void this.#run(next));
  }

  async #sample(): Promise<void> {
    const { clock, source } = this;
    const startedAt = clock.now();
    const time = new Date(clock.wallTime()).toISOString();
    const seconds = this.#sampledAt === null ? 0 : (startedAt - this.#sampledAt) / 1000;
    this.#sampledAt = startedAt;
    const total = new ProxyTotals();
    const changed: string[] = [];
    const seen = new Set<string>();
    let ready = true;
    let restedAt = startedAt;
    for (const snapshot of [...source.apps()]) {
      const { name } = snapshot;
      // One that was removed and came back is there twice: first as it is, then as it goes.
      if (seen.has(name)) continue;
      seen.add(name);
      const app = { snapshot, condition: source.conditionOf(snapshot) };
      this.#current.set(name, app);
      ready &&= app.condition.ready;
      if (this.#samplerOf(snapshot).sample(app, seconds, total)) changed.push(name);
      if (seen.size % SLICE !== 0 || clock.now() - restedAt < STRETCH_MS) continue;
      await sleep(clock, 0);
      if (this.#isClosed) return;
      restedAt = clock.now();
    }
    this.#removed = [...this.#apps.keys()].filter((name) => !seen.has(name));
    for (const name of this.#removed) this.#forget(name);
    this.#changed = changed;
    this.#texts = {};
    this.#sampleDetails(seconds);
    const { revision, serves, connections } = source.proxy();
    const proxy: ProxySample = {
      ...serviceRates(total.activity, connections, seconds),
      revision,
      ready: ready && serves,
      ...total.view(),
    };
    this.#head = `{"time":"${time}","seconds":${Math.round(seconds * 1000) / 1000},"proxy":${
      JSON.stringify(proxy)
    }`;
    this.count++;
  }

  #samplerOf(snapshot: AppSnapshot): AppSampler {
    const { name } = snapshot;
    const known = this.#apps.get(name);
    if (known?.isOf(snapshot) === true) return known;
    const sampler = new AppSampler(this.source.totals, snapshot.slot);
    this.#apps.set(name, sampler);
    return sampler;
  }

  #forget(name: string): void {
    this.#apps.delete(name);
    this.#current.delete(name);
    this.#details.delete(name);
  }

  #sampleDetails(seconds: number): void {
    const wanted = this.wanted();
    for (const name of this.#details.keys()) if (!wanted.has(name)) this.#details.delete(name);
    for (const name of wanted) {
      const app = this.#current.get(name);
      const known = this.#details.get(name);
      if (app === undefined) continue;
      if (known?.sampler.isOf(app.snapshot) !== true) this.#beginDetail(app);
      else known.json = JSON.stringify(known.sampler.sample(app, seconds));
    }
  }

  /** Who asks for details between two samples gets what there is at once. */
  #detail(name: string): string | undefined {
    const app = this.#current.get(name);
    return this.#details.get(name)?.json ?? (app === undefined ? undefined : this.#beginDetail(app));
  }

  #beginDetail(app: SampledApp): string {
    const sampler = new DetailSampler(this.source, app.snapshot);
    const json = JSON.stringify(sampler.sample(app, 0));
    this.#details.set(app.snapshot.name, { sampler, json });
    return json;
  }
}

/** Members of a JSON object; names without a value are left out. */
function members(names: Iterable<string>, json: (name: string) => string | undefined): string {
  const found: string[] = [];
  for (const name of names) {
    const value = json(name);
    if (value !== undefined && value !== "") found.push(`${JSON.stringify(name)}:${value}`);
  }
  return found.join(",");
}
