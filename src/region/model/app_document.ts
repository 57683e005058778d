import * as z from "zod";

/** Of the documents that this program writes. One with another is read by no older program. */
const FORMAT = 1;

/** An app as the region's store has it: as it was written, so that defaults of later programs count for it as well. */
export const appDocument = z.strictObject({
  format: z.literal(FORMAT, { error: "was written by a newer fproxy" }),
  /** A config with this app alone is valid. */
  app: z.looseObject({ name: z.string() }),
  placement: z.unknown().optional(),
  rollout: z.unknown().optional(),
  scale: z.unknown().optional(),
  /** Who applied it. */
  by: z.string(),
});

/** A document of an app. */
export type AppDocument = z.output<typeof appDocument>;

/** Makes the document of an app. @param extras what is written under `placement`, `rollout` and `scale`. */
export function makeAppDocument(
  app: Readonly<Record<string, unknown>>,
  extras: Readonly<Record<string, unknown>>,
  by: string,
): AppDocument {
  return { format: FORMAT, app: app as AppDocument["app"], ...extras, by };
}

/** What of a document is the app, and not who wrote it or how. */
export function contentOf(
  { format: _format, by: _by, ...content }: AppDocument,
): Readonly<Record<string, unknown>> {
  return content;
}
