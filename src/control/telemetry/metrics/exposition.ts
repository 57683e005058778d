import { type Clock, sleep } from "../../../base/clock.ts";
import type { Family, HistogramSample } from "./family.ts";
import { type MetricsSource, Scrape } from "./scrape.ts";
import { type Line, TextWriter } from "./text_writer.ts";

/** Series that are written at a stretch, ... */
const SLICE = 500;
/** ... and how long slices may follow each other before others have their turn. */
const STRETCH_MS = 10;

/** An answer to who asks for metrics. */
export interface Exposed {
  readonly contentType: string;
  readonly body: string;
}

/**
 * Writes metrics as text. What is written is read off the board at that moment, so that nothing is kept twice, and series
 * of what is gone are gone. Ten thousands of series are written in slices, since the
 * control thread has other things to do.
 */
export class Exposition {
  constructor(
    private readonly families: readonly Family[],
    private readonly source: MetricsSource,
    private readonly clock: Clock,
  ) {}

  /** All metrics. @param isOpenMetrics else in the text format of Prometheus. */
  async render(isOpenMetrics: boolean): Promise<Exposed> {
    const writer = new TextWriter(isOpenMetrics);
    const scrape = new Scrape(this.source);
    let body = "";
    let restedAt = this.clock.now();
    for (const family of this.families) {
      const lines = linesOf(family, scrape);
      for (let at = 0; at < lines.length; at += SLICE) {
        body += writer.write(family, lines.slice(at, at + SLICE), at === 0);
        if (this.clock.now() - restedAt < STRETCH_MS) continue;
        await sleep(this.clock, 0);
        restedAt = this.clock.now();
      }
    }
    return { contentType: writer.contentType, body: body + writer.end };
  }
}

function linesOf(family: Family, scrape: Scrape): Line[] {
  if (family.type !== "histogram") return [...family.collect(scrape)];
  return [...family.collect(scrape)].flatMap((sample) => histogramLines(family.name, sample));
}

/** Buckets hold all times up to their bound. */
function histogramLines(
  name: string,
  { labels, boundsMs, totals: { buckets, sumMs } }: HistogramSample,
): Line[] {
  let count = 0;
  const lines = buckets.map((own, index): Line => {
    count += own;
    const bound = boundsMs[index];
    const le = bound === undefined ? "+Inf" : `${bound / 1_000}`;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...lines,
    { metricName: `${name}_sum`, labels, value: sumMs / 1_000 },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
