import type { Diagnostic } from "./diagnostic.ts";
import type { Place } from "./source_text.ts";

const STYLES = { bold: "1", error: "1;31", warning: "1;33", note: "1;36", dim: "2" } as const;

type Paint = (style: keyof typeof STYLES, text: string) => string;

/**
 * Writes diagnostics as a compiler does, each with its line and an underline:
 * ```text
 * apps.yaml:7:5: error: unknown key "conect_timeout"
 *  7 |     conect_timeout: 5s
 *    |     ^^^^^^^^^^^^^^
 *    = did you mean "connect_timeout"?
 * ```
 * @param color writes ANSI colours; the caller knows about terminals and `NO_COLOR`.
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], color = false): string {
  const paint: Paint = color
    ? (style, text) => `\x1b[${STYLES[style]}m${text}\x1b[0m`
    : (_style, text) => text;
  return diagnostics.map((diagnostic) => formatOne(diagnostic, paint)).join("\n");
}

/** One line, for logs: `apps.yaml:7:5: unknown key "conect_timeout"`. */
export function formatDiagnosticLine(diagnostic: Diagnostic): string {
  return `${diagnostic.place === null ? "" : `${position(diagnostic.place)}: `}${diagnostic.message}`;
}

function formatOne(diagnostic: Diagnostic, paint: Paint): string {
  const { place, severity, message, hints, related } = diagnostic;
  const places = [place, ...related.map((one) => one.place)].filter((one) => one !== null);
  const gutter = Math.max(1, ...places.map((one) => String(one.line).length));
  const lines = [
    `${place === null ? "" : `${paint("bold", position(place))}: `}${paint(severity, `${severity}:`)} ` +
    paint("bold", message),
  ];
  if (place !== null) lines.push(...excerpt(place, gutter, paint, severity));
  for (const hint of hints) lines.push(`${" ".repeat(gutter + 2)}${paint("dim", "=")} ${hint}`);
  for (const one of related) {
    lines.push(`${paint("bold", position(one.place))}: ${paint("note", "note:")} ${one.message}`);
    lines.push(...excerpt(one.place, gutter, paint, "note"));
  }
  return lines.join("\n") + "\n";
}

function excerpt(place: Place, gutter: number, paint: Paint, style: keyof typeof STYLES): string[] {
  const line = String(place.line).padStart(gutter);
  return [
    `${paint("dim", ` ${line} |`)} ${place.excerpt}`,
    `${paint("dim", ` ${" ".repeat(gutter)} |`)} ${" ".repeat(place.indent)}${
      paint(style, "^".repeat(place.width))
    }`,
  ];
}

function position(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}
