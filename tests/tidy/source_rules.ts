import type { Exception } from "./exceptions.ts";
import type { ModuleFacts } from "./module_facts.ts";

/** Lines from which on a module has to be split, and from which on someone should think of it. */
export const MAX_LINES = 400;
export const WARN_LINES = 350;

/** What every module must keep to. @returns findings, as `path:line: what is wrong`. */
export function checkSource(facts: ModuleFacts): string[] {
  return [
    ...checkName(facts),
    ...checkLength(facts),
    ...checkSpecifiers(facts),
    ...checkComments(facts),
    ...finding(
      facts,
      facts.uses.filter(({ name }) => name === "any"),
      () => '"any" switches the type check off',
    ),
  ];
}

/** Every export of the program tells what it is. */
export function checkDocs(facts: ModuleFacts): string[] {
  const bare = facts.exports.filter(({ documented }) => !documented);
  return finding(facts, bare, ({ name }) => `export "${name}" has no doc comment`);
}

/** What has the real time and chance: for the program, and for what runs in browsers. */
const REAL_TIME_HOMES = ["src/base/", "src/dashboard/base/"];

/** Time and chance come in as arguments; only {@link REAL_TIME_HOMES} have the real ones. */
export function checkRealTime(facts: ModuleFacts, exceptions: readonly Exception[]): string[] {
  const isProgram = facts.path.startsWith("src/") || facts.path === "main.ts";
  if (!isProgram || REAL_TIME_HOMES.some((home) => facts.path.startsWith(home))) return [];
  const real = facts.uses.filter(({ name }) => REAL.has(name));
  return finding(
    facts,
    notExcepted(facts, real, exceptions),
    ({ name }) => `${name} is real time or chance: take a Clock or a Random`,
  );
}

/** Tests wait for events; only the test kit may wait for time. */
export function checkSleeps(facts: ModuleFacts, exceptions: readonly Exception[]): string[] {
  if (!facts.path.startsWith("tests/") || facts.path.startsWith("tests/kit/")) return [];
  const sleeps = facts.uses.filter(({ name }) => SLEEPS.has(name));
  const timers = facts.references.filter(({ specifier }) => /^(node:)?timers(\/|$)/.test(specifier));
  return [
    ...finding(
      facts,
      notExcepted(facts, sleeps, exceptions),
      ({ name }) => `${name} sleeps: wait for an event`,
    ),
    ...finding(facts, timers, ({ specifier }) => `${specifier} sleeps: wait for an event`),
  ];
}

/** Exceptions that stand for nothing any more. */
export function checkExceptions(modules: readonly ModuleFacts[], exceptions: readonly Exception[]): string[] {
  return exceptions.filter(({ path, use }) =>
    !modules.some((facts) => facts.path === path && facts.uses.some(({ name }) => name === use))
  ).map(({ path, use }) => `${path}: the exception for ${use} is not needed any more`);
}

const REAL: ReadonlySet<string> = new Set([
  "AbortSignal.timeout",
  "Date.now",
  "Math.random",
  "new Date()",
  "performance.now",
  "setInterval()",
  "setTimeout()",
]);

const SLEEPS: ReadonlySet<string> = new Set(["delay()", "setInterval()", "setTimeout()", "sleep()"]);

function checkName({ path }: ModuleFacts): string[] {
  return path.split("/").every((part) => /^[a-z0-9]+(_[a-z0-9]+)*(\.tsx?)?$/.test(part))
    ? []
    : [`${path}:1: the name is not snake_case`];
}

function checkLength({ path, lines }: ModuleFacts): string[] {
  return lines > MAX_LINES ? [`${path}:${lines}: ${lines} lines, at most ${MAX_LINES}: split it`] : [];
}

function checkSpecifiers(facts: ModuleFacts): string[] {
  const remote = facts.references.filter(({ specifier }) => /^(jsr|https?|npm):/.test(specifier));
  const bare = facts.references.filter(({ specifier }) =>
    /^\.{1,2}\//.test(specifier) && !/\.(tsx?|json|css)$/.test(specifier)
  );
  return [
    ...finding(facts, remote, ({ specifier }) => `import of "${specifier}": packages stand in deno.json`),
    ...finding(facts, bare, ({ specifier }) => `import of "${specifier}" lacks its extension`),
  ];
}

function checkComments(facts: ModuleFacts): string[] {
  const tell = (pattern: RegExp, what: string): string[] =>
    finding(facts, facts.comments.filter(({ text }) => pattern.test(text)), () => what);
  const code = facts.comments.filter(({ text, isDoc }) =>
    !isDoc && text.split("\n").some((line) => isCode(line))
  );
  return [
    ...tell(/\b(?:TODO|FIXME|XXX|HACK)\b/, "work left in a comment: do it, or open an issue"),
    ...tell(/@ts-(?:ignore|nocheck)/, "the type check is switched off"),
    ...tell(/deno-lint-ignore-file/, "the linter is switched off for the file"),
    ...tell(/deno-fmt-ignore-file/, "the formatter is switched off for the file"),
    ...finding(facts, code, () => "code in a comment"),
  ];
}

/** What nearly no sentence looks like. */
function isCode(line: string): boolean {
  return /^\s*\*?\s*(?:(?:const|let|import|export|return|await|throw|if|for|while|function|class)\b.*[;{]|[\w.#]+\(.*\);|[}\])]+;?)\s*$/
    .test(line);
}

function notExcepted<T extends { readonly name: string }>(
  { path }: ModuleFacts,
  uses: readonly T[],
  exceptions: readonly Exception[],
): T[] {
  return uses.filter(({ name }) => !exceptions.some((one) => one.path === path && one.use === name));
}

function finding<T extends { readonly line: number }>(
  { path }: ModuleFacts,
  places: readonly T[],
  describe: (place: T) => string,
): string[] {
  return places.map((place) => `${path}:${place.line}: ${describe(place)}`);
}
