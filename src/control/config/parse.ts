import { type Document, parseDocument, type YAMLError } from "yaml";
import { placeless, type Problem, toDiagnostics } from "./diagnostic.ts";
import type { Undecoded } from "./decode.ts";
import { plainValue } from "./plain_value.ts";
import type { SourceText } from "./source_text.ts";

/** A config as a syntax tree, whose nodes know where they stand in the text. */
export interface Parsed {
  readonly ok: true;
  readonly document: Document.Parsed;
}

/** Second stage: text to syntax tree. JSON is YAML here (YAML 1.2, section 1.3). */
export function parse(source: SourceText): Parsed | Undecoded {
  // Keys are compared in a later stage: the library's own check takes quadratic time.
  const document = parseDocument(source.text, { uniqueKeys: false, prettyErrors: false, logLevel: "error" });
  // The parser's own limit is the stack, so its place would differ from run to run.
  const isTooDeep = document.errors.some(({ code }) => code === "RESOURCE_EXHAUSTION");
  if (isTooDeep) return { ok: false, diagnostics: toDiagnostics(plainValue(document).problems, source) };
  const problems = [...document.errors, ...document.warnings].map((error) => toProblem(error, source.text));
  if (problems.length > 0) {
    return { ok: false, diagnostics: toDiagnostics(withoutEchoes(problems, source), source) };
  }
  if (document.contents === null || isNull(document.contents)) {
    const empty = placeless("empty", `${source.file} is empty`, ["a config needs at least the key apps"]);
    return { ok: false, diagnostics: [empty] };
  }
  return { ok: true, document };
}

/** A document of nothing, `~` or comments. */
function isNull(node: NonNullable<Document.Parsed["contents"]>): boolean {
  return "value" in node && node.value === null;
}

/** Some of the library's wordings speak to its programmer; the others are good as they are. */
const MESSAGES: Partial<Record<YAMLError["code"], string>> = {
  MULTIPLE_DOCS: 'a second document begins here ("---"): a config is one document',
};

function toProblem(error: YAMLError, text: string): Problem {
  const message = MESSAGES[error.code] ?? error.message.charAt(0).toLowerCase() + error.message.slice(1);
  return {
    code: "syntax",
    message,
    span: [error.pos[0], Math.max(error.pos[1], error.pos[0] + 1)],
    hints: syntaxHints(error, text),
  };
}

function syntaxHints(error: YAMLError, text: string): string[] {
  if (error.code === "TAB_AS_INDENT") return ["indent with spaces"];
  const at = error.pos[0];
  return text.slice(at - 1, at + 1) === "${" ? ["inside { } and [ ] put ${NAME} in quotes"] : [];
}

/**
 * One mistake of syntax makes the parser stumble on: several times on the same line, and over everything that follows a
 * value which ended too early.
 */
function withoutEchoes(problems: readonly Problem[], source: SourceText): Problem[] {
  const lines = new Set<number>();
  return problems.toSorted((a, b) => a.span[0] - b.span[0]).filter(({ span, message }, index) => {
    if (index > 0 && / token in YAML stream/.test(message)) return false;
    const line = source.lineAt(span[0]);
    return !lines.has(line) && lines.add(line);
  });
}
