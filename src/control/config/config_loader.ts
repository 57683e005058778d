import { isMap, isSeq } from "yaml";
import type { AppConfig, Config } from "../../model/config.ts";
import { accessPaths } from "../access/app_access.ts";
import { hasScript } from "../scripts/app_scripts.ts";
import { decode } from "./decode.ts";
import { type Problem, toDiagnostics } from "./diagnostic.ts";
import type { Environment } from "./interpolate.ts";
import { type LoadOptions, type LoadResult, readingOptions, toResult, type Verdicts } from "./load.ts";
import { PartialText } from "./partial_text.ts";
import { type Read, readSource } from "./read_source.ts";
import { agree } from "./rules/rules.ts";
import { SourceText, type Span } from "./source_text.ts";
import type { ValidateOptions } from "./validate.ts";
import { type AppSpans, splitApps } from "./split_apps.ts";

/** What the last valid config was made of. */
interface Known {
  /** What stands before and after the apps. */
  readonly head: string;
  readonly tail: string;
  /** Apps by their own text: those that depend on nothing else than it, head and tail. */
  readonly apps: ReadonlyMap<string, AppConfig>;
  /** The environment variables that were asked for. */
  readonly variables: ReadonlyMap<string, string | undefined>;
}

/**
 * Loads one config again and again, as it changes. Each result is what `loadConfig` gives; but where only some apps
 * differ from the last valid text, only those are read, together with what stands around the list of apps: parsing takes
 * most of the time of a rollout. A text with a mistake is always read whole, so that there is one way to describe it.
 *
 * An app that is the same as before is the same object as before.
 */
export class ConfigLoader {
  #known: Known | null = null;

  /** With what the present call brings. */
  #options: ValidateOptions;

  constructor(private readonly env: Environment, private readonly options: LoadOptions) {
    this.#options = readingOptions(options);
  }

  /** As `loadConfig`. @param verdicts see {@link Verdicts}; apps with files are read each time. */
  load(input: string | Uint8Array, verdicts?: Verdicts): LoadResult {
    this.#options = { ...readingOptions(this.options), ...verdicts };
    const decoded = decode(input, this.options.file);
    if (!decoded.ok) return decoded;
    const { source } = decoded;
    const spans = splitApps(source.text);
    return (spans === null ? null : this.#loadChanged(source, spans)) ?? this.#loadWhole(source, spans);
  }

  #loadWhole(source: SourceText, spans: AppSpans | null): LoadResult {
    const env = new RecordingEnvironment(this.env);
    const reading = readSource(source, env, this.#options);
    if (!reading.ok || reading.config === null) return toResult(reading, source);
    const config = detached(reading.config);
    this.#known = spans === null || !standsIn(reading, spans.apps)
      ? null
      : remember(source.text, spans, config, reading.problems, env.asked);
    return toResult({ ...reading, config }, source);
  }

  /** Null where the whole text is to be read. */
  #loadChanged(source: SourceText, spans: AppSpans): LoadResult | null {
    const known = this.#known;
    const { text } = source;
    if (known === null || !isAround(text, spans, known) || !this.#isSameEnvironment(known)) return null;
    const changed = spans.apps.filter((span) => !known.apps.has(text.slice(...span)));
    // What stands around the apps is read, too; and a config without apps would have a warning of its own.
    const read = changed.length > 0 ? changed : spans.apps.slice(0, 1);
    const [head, tail] = aroundOf(text, spans);
    const part = new PartialText(text, [head, ...read, tail], spans.separator);
    const env = new RecordingEnvironment(this.env);
    const otherApps = spans.apps.flatMap((span) => known.apps.get(text.slice(...span)) ?? []);
    const reading = readSource(new SourceText(source.file, part.text), env, { ...this.#options, otherApps });
    if (!reading.ok || reading.config === null || !standsIn(reading, part.spans.slice(1, -1))) return null;
    const fresh = detached(reading.config);
    const byText = new Map(read.map((span, index) => [text.slice(...span), fresh.apps[index]]));
    const apps = spans.apps.flatMap((span) => {
      const own = text.slice(...span);
      return known.apps.get(own) ?? byText.get(own) ?? [];
    });
    const config: Config = { ...fresh, apps };
    if (apps.length !== spans.apps.length || !agree(config, reading.value)) return null;
    const warnings = reading.problems.map((problem) => part.inWhole(problem));
    const variables = new Map([...known.variables, ...env.asked]);
    this.#known = remember(text, spans, config, warnings, variables);
    return { ok: true, config, warnings: toDiagnostics(warnings, source) };
  }

  #isSameEnvironment({ variables }: Known): boolean {
    return [...variables].every(([name, value]) => this.env.get(name) === value);
  }
}

/** Notes what it is asked for. */
class RecordingEnvironment implements Environment {
  readonly asked = new Map<string, string | undefined>();

  constructor(private readonly env: Environment) {}

  get(name: string): string | undefined {
    const value = this.env.get(name);
    this.asked.set(name, value);
    return value;
  }

  names(): readonly string[] {
    return this.env.names();
  }
}

/** What stands before and after the apps. */
function aroundOf(text: string, { apps }: AppSpans): [head: Span, tail: Span] {
  return [[0, apps[0]?.[0] ?? 0], [apps.at(-1)?.[1] ?? 0, text.length]];
}

function isAround(text: string, spans: AppSpans, { head, tail }: Known): boolean {
  const [before, after] = aroundOf(text, spans);
  return text.slice(...before) === head && text.slice(...after) === tail;
}

/** Keeps the apps whose reading can be used again: without a warning, and without files that may have changed. */
function remember(
  text: string,
  spans: AppSpans,
  config: Config,
  warnings: readonly Problem[],
  variables: Known["variables"],
): Known {
  const [head, tail] = aroundOf(text, spans);
  const doubtful = warnings.flatMap(({ span, related = [] }) => [span, ...related.map((one) => one.span)])
    .map(([start]) => start).sort((a, b) => a - b);
  let next = 0;
  const apps = new Map<string, AppConfig>();
  for (const [index, [start, end]] of spans.apps.entries()) {
    while ((doubtful[next] ?? end) < start) next++;
    const isDoubtful = (doubtful[next] ?? end) < end;
    const app = config.apps[index];
    if (app !== undefined && !isDoubtful && !namesFiles(app)) apps.set(text.slice(start, end), app);
  }
  return { head: text.slice(...head), tail: text.slice(...tail), apps, variables };
}

function namesFiles(app: AppConfig): boolean {
  const { tls, http } = app;
  const isPlain = tls === null && (http === null || http.tls.ca_file === "") && !hasScript(app);
  return !isPlain || accessPaths(app).length > 0;
}

/** Whether the apps that the parser found stand where the text was cut. */
function standsIn({ document, config }: Read, spans: readonly Span[]): boolean {
  const list = isMap(document.contents) ? document.contents.get("apps", true) : undefined;
  if (!isSeq(list) || list.items.length !== spans.length || config?.apps.length !== spans.length) {
    return false;
  }
  return list.items.every((item, index) => {
    const range = (item as { range?: Span | null }).range;
    const [start, end] = spans[index] ?? [0, 0];
    return range !== undefined && range !== null && range[0] >= start && range[1] <= end;
  });
}

/** A copy whose strings stand alone: the parser's are parts of the text, and each would keep all of it. */
function detached(config: Config): Config {
  return JSON.parse(JSON.stringify(config));
}
