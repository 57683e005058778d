/** Labels of a series, some or all of them. */
export type WantedLabels = Readonly<Record<string, string>>;

/** One series of an answer of `/metrics`. */
interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** What `/metrics` answered, to be looked into. */
export class MetricsText {
  readonly #series: readonly Series[];

  constructor(readonly text: string) {
    this.#series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map(parseSeries);
  }

  /** The sum of all series of that name with those labels. @throws {Error} where there is none. */
  sum(name: string, labels: WantedLabels = {}): number {
    const found = this.find(name, labels);
    if (found.length === 0) throw new Error(`No series ${name} ${JSON.stringify(labels)} in\n${this.text}`);
    return found.reduce((sum, { value }) => sum + value, 0);
  }

  /** Those series. */
  find(name: string, labels: WantedLabels = {}): readonly Series[] {
    return this.#series.filter((one) =>
      one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value)
    );
  }

  /** All values of a label. */
  values(label: string): Set<string> {
    return new Set(this.#series.flatMap(({ labels }) => labels[label] ?? []));
  }
}

function parseSeries(line: string): Series {
  const [, name = "", labels = "", value = ""] = line.match(SERIES) ?? [];
  if (name === "") throw new Error(`Not a series: ${line}`);
  const found = [...labels.matchAll(LABEL)].map(([, label = "", text = ""]) => [label, text]);
  return { name, labels: Object.fromEntries(found), value: Number(value) };
}
