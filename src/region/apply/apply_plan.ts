import { type OptionChange, optionChanges } from "../../control/changes/option_changes.ts";
import { type AppDocument, contentOf } from "../model/app_document.ts";
import type { Stored } from "../store/bucket.ts";

/** What applying does with an app. */
export interface AppStep {
  readonly app: string;
  readonly kind: "added" | "changed" | "removed" | "kept";
  /** In which options it is another; empty where it came or went. */
  readonly options: readonly OptionChange[];
  /** To write; null where it is removed. */
  readonly document: AppDocument | null;
  /** Of what is there, which nobody may have changed since; null where nothing is. */
  readonly revision: number | null;
}

/**
 * What has to be done so that the store has these apps, in the order of their names.
 * @param isPruned whether apps that are not among them go.
 */
export function planApply(
  wanted: readonly AppDocument[],
  stored: ReadonlyMap<string, Stored<AppDocument>>,
  isPruned: boolean,
): AppStep[] {
  const names = new Set(wanted.map(({ app }) => app.name));
  const removed = isPruned ? [...stored.values()].filter(({ name }) => !names.has(name)) : [];
  return [
    ...wanted.map((document) => step(document, stored.get(document.app.name))),
    ...removed.map(({ name, revision }) => (
      { app: name, kind: "removed", options: [], document: null, revision } as const
    )),
  ].sort((a, b) => a.app < b.app ? -1 : 1);
}

function step(document: AppDocument, stored: Stored<AppDocument> | undefined): AppStep {
  const { name: app } = document.app;
  if (stored === undefined) return { app, kind: "added", options: [], document, revision: null };
  const { value, revision } = stored;
  // What cannot be read is written anew.
  if (value === null) return { app, kind: "changed", options: [], document, revision };
  const options = optionChanges(flat(value), flat(document));
  return { app, kind: options.length === 0 ? "kept" : "changed", options, document, revision };
}

/** Options of the app itself stand beside those of the region, as in the file. */
function flat(document: AppDocument): unknown {
  const { app, ...extras } = contentOf(document);
  return { ...(app as object), ...extras };
}
