/** A line of a unified diff. */
export interface DiffLine {
  readonly kind: "added" | "removed" | "same" | "place" | "file";
  readonly text: string;
}

/** Reads a unified diff (POSIX diff, option -u) line by line. */
export function diffLines(text: string): DiffLine[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return text === "" ? [] : lines.map((line) => ({ kind: kindOf(line), text: line }));
}

function kindOf(line: string): DiffLine["kind"] {
  if (/^(?:---|\+\+\+) /.test(line)) return "file";
  if (line.startsWith("@@")) return "place";
  if (line.startsWith("+")) return "added";
  return line.startsWith("-") ? "removed" : "same";
}
