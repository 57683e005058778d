const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Whether the client would have JSON rather than plain text (RFC 9110 section 12.5.1): JSON unless it rates text higher,
 * where HTML counts as text, so that a browser gets something to read.
 * @param accept value of Accept, or null where there is none.
 */
export function prefersJson(accept: string | null): boolean {
  if (accept === null) return true;
  const ranges = accept.toLowerCase().split(",").map(mediaRange);
  const text = Math.max(qualityOf(ranges, "text", "plain"), qualityOf(ranges, "text", "html"));
  return qualityOf(ranges, "application", "json") >= text;
}

interface MediaRange {
  readonly range: string;
  /** 0 to 1. */
  readonly quality: number;
}

/** A range whose quality is malformed counts as not accepted. */
function mediaRange(text: string): MediaRange {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
  return { range, quality: QUALITY.test(quality) ? Number(quality) : 0 };
}

/** The most specific range that matches decides. */
function qualityOf(ranges: readonly MediaRange[], type: string, subtype: string): number {
  for (const wanted of [`${type}/${subtype}`, `${type}/*`, "*/*"]) {
    const match = ranges.find(({ range }) => range === wanted);
    if (match !== undefined) return match.quality;
  }
  return 0;
}
