import type { Span } from "./source_text.ts";

/** Where the apps of a config stand in its text, so that some of them can be read without the others. */
export interface AppSpans {
  /** Each app's own text, in order; at least one. */
  readonly apps: readonly Span[];
  /** What stands between two apps of a text that holds only some of them. */
  readonly separator: string;
}

/**
 * Cuts a config into its apps without parsing it. It knows the two shapes that configs have: a block list under a key
 * `apps` at the left edge, and JSON.
 *
 * In both the cut is where the parser cuts, provided that every piece is without a mistake: a line at the list's own
 * indentation ends whatever block stands before it, and a quoted text or bracket that goes on over such a line is a
 * mistake; in JSON, strings and brackets tell. An app with an anchor or an alias may depend on others, so none is cut.
 * @returns null where the text has another shape, or may depend on its order.
 */
export function splitApps(text: string): AppSpans | null {
  const spans = /^\s*\{/.test(text) ? splitJson(text) : splitBlockList(text);
  if (spans === null || spans.apps.length === 0) return null;
  const from = spans.apps[0]?.[0] ?? 0;
  const to = spans.apps.at(-1)?.[1] ?? 0;
  return ANCHOR_OR_ALIAS.test(text.slice(from, to)) ? null : spans;
}

/** May also match what is neither: then the whole config is read. */
const ANCHOR_OR_ALIAS = /[\s[{,:][&*][^\s,[\]{}]/;
const APPS_LINE = /^(?:"(?:apps|Apps)"|'(?:apps|Apps)'|apps|Apps)[ \t]*:[ \t]*(?:#.*)?\r?$/mg;
const LIST_ITEM = /-(?:[ \t]|\r?$)/my;

function splitBlockList(text: string): AppSpans | null {
  const keys = [...text.matchAll(APPS_LINE)];
  const [key] = keys;
  if (key === undefined || keys.length > 1) return null;
  const starts: number[] = [];
  let column = -1;
  let end = text.length;
  for (let at = nextLine(text, key.index); at < text.length; at = nextLine(text, at)) {
    let first = at;
    while (text.charCodeAt(first) === SPACE) first++;
    const char = text.charCodeAt(first);
    if (char === NEWLINE || char === RETURN || char === HASH || first === text.length) continue;
    const indent = first - at;
    if (column >= 0 && indent > column) continue;
    LIST_ITEM.lastIndex = first;
    if ((column < 0 || indent === column) && LIST_ITEM.test(text)) {
      column = indent;
      starts.push(at);
      continue;
    }
    // Only a key of the whole config ends the list; anything else is a mistake, or nothing that is known here.
    if (column < 0 || indent > 0 || char === TAB) return null;
    end = at;
    break;
  }
  return { apps: starts.map((start, index) => [start, starts[index + 1] ?? end]), separator: "" };
}

function nextLine(text: string, at: number): number {
  const newline = text.indexOf("\n", at);
  return newline < 0 ? text.length : newline + 1;
}

/** One pass over JSON: only strings, brackets and what stands between apps are looked at. */
function splitJson(text: string): AppSpans | null {
  const apps: Span[] = [];
  let depth = 0;
  /** Depth of what is in the list of apps; -1 outside of it. */
  let inside = -1;
  let lists = 0;
  let start = -1;
  let previous = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === SPACE || char === NEWLINE || char === RETURN || char === TAB) continue;
    if (char === HASH || char === APOSTROPHE) return null;
    if (char === QUOTE) {
      // Elsewhere it would be a part of a plain text, which JSON does not have.
      if (previous !== OPEN_BRACE && previous !== OPEN_BRACKET && previous !== COMMA && previous !== COLON) {
        return null;
      }
      const end = endOfString(text, at);
      if (end < 0) return null;
      if (depth === 1 && previous !== COLON && isApps(text.slice(at + 1, end))) {
        APPS_VALUE.lastIndex = end + 1;
        if (++lists > 1 || !APPS_VALUE.test(text)) return null;
        at = APPS_VALUE.lastIndex - 1;
        depth++;
        inside = depth;
        previous = OPEN_BRACKET;
        continue;
      }
      if (depth === inside) return null;
      at = end;
    } else if (char === OPEN_BRACE || char === OPEN_BRACKET) {
      if (depth === inside) {
        if (previous !== OPEN_BRACKET && previous !== COMMA) return null;
        start = at;
      }
      depth++;
    } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) {
      depth--;
      if (depth === inside) apps.push([start, at + 1]);
      else if (depth < inside) inside = -1;
    } else if (depth === inside && char !== COMMA) return null;
    previous = char;
  }
  return { apps, separator: "," };
}

const APPS_VALUE = /\s*:\s*\[/y;

function isApps(key: string): boolean {
  return key === "apps" || key === "Apps";
}

/** Index of the closing quote, -1 where there is none. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
