/**
 * The address of what is shown, behind the `#`: `#/apps/web?tab=access&reason=denied`. All that a person chose stands in
 * it, so that it can be sent to others; a token never does.
 */

/** What is shown. */
export type Page =
  | { readonly type: "overview" }
  | { readonly type: "app"; readonly app: string }
  | { readonly type: "rollouts" }
  | { readonly type: "rollout"; readonly number: number }
  | { readonly type: "config" }
  | { readonly type: "region" }
  | { readonly type: "why"; readonly id: string }
  | { readonly type: "unknown"; readonly path: string };

/** A page, and what was chosen on it. */
export interface Address {
  readonly page: Page;
  readonly query: Readonly<Record<string, string>>;
}

/** Reads what is behind the `#`, with or without it. */
export function readAddress(hash: string): Address {
  const text = hash.replace(/^#/, "");
  const [path = "", search = ""] = split(text);
  return { page: readPage(path), query: Object.fromEntries(new URLSearchParams(search)) };
}

/** Writes it, with the `#`. Empty values are left out. */
export function writeAddress(page: Page, query: Readonly<Record<string, string>> = {}): string {
  const chosen = Object.entries(query).filter(([, value]) => value !== "");
  const search = new URLSearchParams(chosen).toString();
  return `#${writePage(page)}${search === "" ? "" : `?${search}`}`;
}

function split(text: string): [path: string, search: string] {
  const at = text.indexOf("?");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function readPage(path: string): Page {
  const [first = "", second, ...rest] = path.split("/").slice(1).map(decode);
  if (rest.length > 0) return { type: "unknown", path };
  if (first === "" && second === undefined) return { type: "overview" };
  if (first === "apps" && second !== undefined && second !== "") return { type: "app", app: second };
  if (first === "why" && second !== undefined && second !== "") return { type: "why", id: second };
  if (first === "config" && second === undefined) return { type: "config" };
  if (first === "region" && second === undefined) return { type: "region" };
  if (first === "rollouts" && second === undefined) return { type: "rollouts" };
  if (first === "rollouts" && /^\d{1,12}$/.test(second ?? "")) {
    return { type: "rollout", number: Number(second) };
  }
  return { type: "unknown", path };
}

function writePage(page: Page): string {
  switch (page.type) {
    case "overview":
      return "/";
    case "app":
      return `/apps/${encodeURIComponent(page.app)}`;
    case "rollouts":
    case "config":
    case "region":
      return `/${page.type}`;
    case "rollout":
      return `/rollouts/${page.number}`;
    case "why":
      return `/why/${encodeURIComponent(page.id)}`;
    case "unknown":
      return page.path;
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
