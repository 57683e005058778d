import { type Document, parseDocument, type YAMLError } from "yaml";
import { formatSize } from "../../base/size.ts";
import { type Diagnostic, placeless, type Problem, toDiagnostics } from "./diagnostic.ts";
import { plainValue } from "./plain_value.ts";
import { SourceText } from "./source_text.ts";

/** Largest config file. */
export const MAX_CONFIG_BYTES = 8 * 1024 * 1024;

/** A config as a syntax tree, whose nodes know where they stand in the text. */
export interface Decoded {
  readonly ok: true;
  readonly source: SourceText;
  readonly document: Document.Parsed;
}

/** A config that is no text or no YAML. */
export interface Undecoded {
  readonly ok: false;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * First stage: bytes to text to syntax tree. JSON is YAML here (YAML 1.2, section 1.3). A byte-order mark is skipped.
 * @param file name for messages.
 */
export function decode(input: Uint8Array | string, file: string): Decoded | Undecoded {
  const byteLength = typeof input === "string" ? utf8Length(input) : input.byteLength;
  if (byteLength > MAX_CONFIG_BYTES) {
    return fail(
      placeless("too_large", `${file} is larger than ${formatSize(MAX_CONFIG_BYTES)}`),
    );
  }
  const text = typeof input === "string" ? input : decodeUtf8(input);
  if (text === undefined) return fail(...notUtf8(input as Uint8Array, file));
  const source = new SourceText(file, text.startsWith("\u{feff}") ? text.slice(1) : text);
  // Keys are compared in a later stage: the library's own check takes quadratic time.
  const document = parseDocument(source.text, { uniqueKeys: false, prettyErrors: false, logLevel: "error" });
  // The parser's own limit is the stack, so its place would differ from run to run.
  const isTooDeep = document.errors.some(({ code }) => code === "RESOURCE_EXHAUSTION");
  if (isTooDeep) return fail(...toDiagnostics(plainValue(document).problems, source));
  const problems = [...document.errors, ...document.warnings].map((error) => toProblem(error, source.text));
  if (problems.length > 0) return fail(...toDiagnostics(withoutEchoes(problems, source), source));
  if (document.contents === null || isNull(document.contents)) {
    return fail(placeless("empty", `${file} is empty`, ["a config needs at least the key apps"]));
  }
  return { ok: true, source, document };
}

function fail(...diagnostics: readonly Diagnostic[]): Undecoded {
  return { ok: false, diagnostics };
}

/** A document of nothing, `~` or comments. */
function isNull(node: NonNullable<Document.Parsed["contents"]>): boolean {
  return "value" in node && node.value === null;
}

/** Counts only when the number of UTF-16 units leaves it open. */
function utf8Length(text: string): number {
  return text.length * 3 <= MAX_CONFIG_BYTES ? text.length : new TextEncoder().encode(text).byteLength;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function notUtf8(bytes: Uint8Array, file: string): Diagnostic[] {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const text = new TextDecoder("utf-8").decode(bytes);
  // A replacement character that the file really contains may stand before the bad byte; the place is then too early.
  const at = Math.max(0, text.indexOf("\u{fffd}"));
  return toDiagnostics([{
    code: "not_utf8",
    message: "the file is not UTF-8 text",
    span: [at, at + 1],
    hints: [utf16 ? "it looks like UTF-16: save it as UTF-8" : "the first byte that is no UTF-8 is marked"],
  }], new SourceText(file, text));
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
