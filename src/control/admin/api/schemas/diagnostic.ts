import * as z from "zod";
import type { Diagnostic } from "../../../config/diagnostic.ts";

const place = z.strictObject({
  file: z.string(),
  line: z.int().describe("From 1."),
  column: z.int().describe("From 1, in UTF-16 units."),
  excerpt: z.string().describe("The line, safe to print."),
  indent: z.int().describe("Where in the excerpt the underline begins."),
  width: z.int(),
});

/** What is wrong, or doubtful, in a config, and where: as `fproxy check` tells it. */
export const diagnosticView = z.strictObject({
  severity: z.enum(["error", "warning"]),
  code: z.string().describe("Stable word for the kind of mistake."),
  message: z.string(),
  place: place.nullable(),
  hints: z.array(z.string()),
  related: z.array(z.strictObject({ message: z.string(), place })),
}).meta({ id: "Diagnostic" });

/** Shows diagnostics. */
export function viewDiagnostics(diagnostics: readonly Diagnostic[]): z.input<typeof diagnosticView>[] {
  return diagnostics.map(({ hints, related, ...rest }) => ({
    ...rest,
    hints: [...hints],
    related: [...related],
  }));
}
