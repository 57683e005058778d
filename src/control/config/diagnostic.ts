import { type Place, printable, type SourceText, type Span } from "./source_text.ts";

/** Kinds of mistake, as stable words for tests, logs and metrics. */
export type DiagnosticCode =
  | "unreadable"
  | "too_large"
  | "not_utf8"
  | "empty"
  | "syntax"
  | "nesting"
  | "alias"
  | "duplicate_key"
  | "environment"
  | "unknown_key"
  | "missing_key"
  | "type"
  | "value"
  | "duplicate_app"
  | "duplicate_target"
  | "listen_conflict"
  | "loop"
  | "strategy"
  | "rule"
  | "script"
  | "access"
  | "exec"
  | "mode"
  | "engine"
  | "certificate"
  | "capacity"
  | "no_apps"
  | "no_weight"
  | "open_admin"
  | "no_effect"
  | "more";

/** What is wrong, or doubtful, in a config, and where. Plain data, safe to print. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: DiagnosticCode;
  /** What is wrong, one sentence without a full stop. */
  readonly message: string;
  /** Null where the file could not be read at all. */
  readonly place: Place | null;
  /** What is allowed, what was probably meant. */
  readonly hints: readonly string[];
  /** Other places that matter, such as the first of two duplicates. */
  readonly related: readonly { readonly message: string; readonly place: Place }[];
}

/** A {@link Diagnostic} in the making: places are still offsets in the text. */
export interface Problem {
  readonly severity?: "warning";
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly span: Span;
  readonly hints?: readonly string[];
  readonly related?: readonly { readonly message: string; readonly span: Span }[];
}

/** Most diagnostics of one file; the rest is only counted. */
export const MAX_DIAGNOSTICS = 100;

/** Sorts by position, drops repetitions and finds the lines. */
export function toDiagnostics(problems: readonly Problem[], source: SourceText): Diagnostic[] {
  const seen = new Set<string>();
  const sorted = problems.toSorted((a, b) => a.span[0] - b.span[0] || a.span[1] - b.span[1]).filter(
    (problem) => {
      const identity = `${problem.span[0]} ${problem.message}`;
      return !seen.has(identity) && seen.add(identity);
    },
  );
  const diagnostics = sorted.slice(0, MAX_DIAGNOSTICS).map((problem): Diagnostic => ({
    severity: problem.severity ?? "error",
    code: problem.code,
    message: printable(problem.message),
    place: source.place(problem.span),
    hints: (problem.hints ?? []).map(printable),
    related: (problem.related ?? []).map(({ message, span }) => ({
      message: printable(message),
      place: source.place(span),
    })),
  }));
  const rest = sorted.length - diagnostics.length;
  if (rest > 0) diagnostics.push(placeless("more", `${rest} more mistakes are not shown`));
  return diagnostics;
}

/** A diagnostic about a file as a whole. */
export function placeless(code: DiagnosticCode, message: string, hints: readonly string[] = []): Diagnostic {
  return { severity: "error", code, message: printable(message), place: null, hints, related: [] };
}
