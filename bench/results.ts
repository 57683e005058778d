import { median } from "./stats.ts";
import type { Metric, Sample, Suite } from "./suite.ts";

/** One scenario of one rival in one round. */
export interface Measurement {
  readonly suite: string;
  readonly scenario: string;
  readonly rival: string;
  /** From 1. */
  readonly round: number;
  readonly sample: Sample;
}

/** One figure over all rounds, rivals side by side. */
export interface Row {
  readonly scenario: string;
  readonly title: string;
  readonly metric: Metric;
  /** By rival; one that was not measured has none. */
  readonly cells: Readonly<Record<string, Cell>>;
}

/** One figure of one rival. */
export interface Cell {
  /** Of the rounds, in order. */
  readonly values: readonly number[];
  readonly median: number;
  /**
   * How many times the reference's figure: the median of the ratios within each round, so that what slowed a whole
   * round down cancels out. Null where there is nothing to compare with.
   */
  readonly ratio: number | null;
  /** The same for the suite's further references, by name; of a rival that is compared with one alone there are none. */
  readonly furtherRatios: Readonly<Record<string, number>>;
}

/** Sums a suite's measurements up, in the order of its scenarios; those that were not measured are left out. */
export function summarise(suite: Suite, measurements: readonly Measurement[]): Row[] {
  const own = measurements.filter((one) => one.suite === suite.name);
  const references = ownReferences(suite);
  return suite.scenarios.flatMap((scenario) => {
    const byRival = Map.groupBy(own.filter((one) => one.scenario === scenario.name), (one) => one.rival);
    if (byRival.size === 0) return [];
    return scenario.metrics.map((metric): Row => {
      const figures = new Map([...byRival].map(([rival, ones]) => [rival, byRound(ones, metric)]));
      const cells = [...figures].map(([rival, values]) => {
        const own = references[rival];
        const further = own === undefined ? suite.furtherReferences ?? [] : [];
        return [rival, cell(values, figures, own ?? suite.reference, further)] as const;
      });
      return { scenario: scenario.name, title: scenario.title, metric, cells: Object.fromEntries(cells) };
    });
  });
}

/** By rival, whom it is compared with where that is not the suite's reference. */
export function ownReferences(suite: Suite): Record<string, string> {
  return Object.fromEntries(
    suite.rivals.flatMap(({ name, reference }) => reference === undefined ? [] : [[name, reference]]),
  );
}

/** The figures of one rival by round: one that failed in a round has none there. */
type Figures = ReadonlyMap<number, number>;

function byRound(measurements: readonly Measurement[], metric: Metric): Figures {
  return new Map(measurements.map((one) => [one.round, one.sample[metric.name] ?? NaN]));
}

function cell(
  values: Figures,
  figures: ReadonlyMap<string, Figures>,
  reference: string,
  further: readonly string[],
): Cell {
  return {
    values: [...values.values()],
    median: median([...values.values()]),
    ratio: ratioTo(figures.get(reference), values),
    furtherRatios: Object.fromEntries(
      further.flatMap((name) => {
        const ratio = ratioTo(figures.get(name), values);
        return ratio === null ? [] : [[name, ratio]];
      }),
    ),
  };
}

function ratioTo(reference: Figures | undefined, values: Figures): number | null {
  const ratios = [...values].flatMap(([round, value]) => {
    const other = reference?.get(round);
    return other === undefined ? [] : [value / other];
  });
  return ratios.length === 0 ? null : median(ratios);
}
