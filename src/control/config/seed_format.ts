import { type Document, isMap, isScalar, isSeq } from "yaml";

/** Keys of the first version's JSON format, and what they are called now. */
const ROOT_KEYS: ReadonlyMap<unknown, string> = new Map([["Apps", "apps"]]);
const APP_KEYS: ReadonlyMap<unknown, string> = new Map([["Name", "name"], ["Ports", "ports"], [
  "Targets",
  "targets",
]]);

/**
 * Accepts the first version's files (`Apps`, `Name`, `Ports`, `Targets`) by renaming their keys in the syntax tree, so
 * that every later message still points at the right place.
 */
export function renameSeedKeys(document: Document.Parsed): void {
  rename(document.contents, ROOT_KEYS);
  if (!isMap(document.contents)) return;
  const apps = document.contents.get("apps", true);
  if (isSeq(apps)) { for (const app of apps.items) rename(app, APP_KEYS); }
}

function rename(node: unknown, names: ReadonlyMap<unknown, string>): void {
  if (!isMap(node)) return;
  for (const { key } of node.items) {
    if (isScalar(key)) key.value = names.get(key.value) ?? key.value;
  }
}
