import type { RolloutSettings } from "../model/app_settings.ts";
import type { RolloutDocument, StateDocument } from "../model/documents.ts";

/** What was tried on a replica since a rollout's leg began, and what of it failed. */
export interface Tries {
  /** Requests in mode http, else connections. */
  readonly tried: number;
  readonly failed: number;
}

/** A replica of an app, as a rollout sees it. */
export interface RolloutReplica {
  readonly node: string;
  /** Revision that it was given; null where it is new on its node. */
  readonly given: number | null;
  /** What its node said of it last; null where it has said nothing yet. */
  readonly state: Pick<StateDocument, "revision" | "state" | "reason"> | null;
  /** Since the present leg began; null where nothing is known. */
  readonly tries: Tries | null;
}

/** A share says nothing before there were so many. */
const LEAST_TRIES = 20;

/** What a rollout has to know. */
export interface RolloutFacts {
  /** Of the document that is wanted. */
  readonly wanted: number;
  readonly settings: RolloutSettings;
  /** How far it is; null where the app never had one. */
  readonly record: RolloutDocument | null;
  /** By the names of their nodes. */
  readonly replicas: readonly RolloutReplica[];
  /** Milliseconds since the present leg began. */
  readonly legMs: number;
}

/** What to do next. */
export interface RolloutStep {
  /** How far it is now. */
  readonly record: RolloutDocument;
  /** Node → the revision that its replica gets. */
  readonly revisions: ReadonlyMap<string, number>;
  /** Milliseconds after which time alone may change something; infinite where it does not. */
  readonly nextMs: number;
}

/**
 * One step of bringing a new revision of an app to its replicas, in legs: some get it first (`canary`), have to do well for
 * a time (`baking`), then the others follow, a few at a time (`batches`), until all have it (`done`). A replica that does
 * not get ready in time, says that the revision is not valid, or where more fails than on the others, ends it: all go back to the revision before
 * (`rolled_back`), or all stays as it is (`failed`) where that is not wanted.
 *
 * Pure: all that it goes by is in the store, so that another leader goes on where the former one was.
 */
export function rolloutStep(facts: RolloutFacts): RolloutStep {
  const begun = begin(facts);
  const isNew = begun !== facts.record;
  const current = { ...facts, record: begun, legMs: isNew ? 0 : facts.legMs };
  const next = begun.paused ? begun : advance(current);
  const revisions = give({ ...current, record: next });
  return { record: next, revisions, nextMs: next === begun ? deadline(current) : 0 };
}

type Underway = RolloutFacts & { readonly record: RolloutDocument };

/** The record of what is wanted now: the one there is, or that of a rollout that begins. */
function begin({ wanted, settings, record, replicas }: RolloutFacts): RolloutDocument {
  if (record !== null && record.to === wanted) return record;
  const from = record === null ? oldest(replicas) : record.leg === "done" ? record.to : record.from;
  const fresh = { format: 1, from, to: wanted, reason: "", paused: false } as const;
  // Where nothing runs yet there is nothing to be careful with.
  if (from === null || replicas.every(({ given }) => given === null || given === wanted)) {
    return { ...fresh, leg: "done" };
  }
  return { ...fresh, leg: settings.canary > 0 ? "canary" : "batches" };
}

/** Of apps from before there were records. */
function oldest(replicas: readonly RolloutReplica[]): number | null {
  const given = replicas.flatMap((replica) => replica.given ?? []);
  return given.length === 0 ? null : Math.min(...given);
}

function advance({ record, settings, replicas, legMs }: Underway): RolloutDocument {
  const updated = replicas.filter(({ given }) => given === record.to);
  const refusal = updated.find(({ state }) =>
    state?.revision === record.to && (state.state === "invalid" || state.state === "conflict")
  );
  switch (record.leg) {
    case "canary": {
      if (refusal !== undefined) return failed(record, settings, `${refusal.node}: ${refusal.state!.reason}`);
      const wanted = Math.min(settings.canary, replicas.length);
      if (updated.length >= wanted && updated.every((replica) => isReady(replica))) {
        return { ...record, leg: "baking" };
      }
      return legMs < settings.ready_timeout ? record : failed(record, settings, late(updated));
    }
    case "baking": {
      if (refusal !== undefined) return failed(record, settings, `${refusal.node}: ${refusal.state!.reason}`);
      const ill = updated.find((replica) => !isReady(replica));
      if (ill !== undefined) {
        return failed(record, settings, `${ill.node}: ${ill.state?.reason ?? "it says nothing"}`);
      }
      const errors = tooManyErrors(replicas, record.to, settings);
      if (errors !== null) return failed(record, settings, errors);
      return legMs < settings.bake ? record : { ...record, leg: "batches" };
    }
    case "batches": {
      if (refusal !== undefined) return failed(record, settings, `${refusal.node}: ${refusal.state!.reason}`);
      if (updated.length === replicas.length && updated.every((replica) => isReady(replica))) {
        return { ...record, leg: "done" };
      }
      return legMs < settings.ready_timeout * batchesOf(replicas.length, settings)
        ? record
        : failed(record, settings, late(updated));
    }
    case "done":
    case "failed":
    case "rolled_back":
      return record;
  }
}

/** How many more of what is tried fail where the change is, in words; null where these are no more than may be. */
function tooManyErrors(
  replicas: readonly RolloutReplica[],
  to: number,
  { max_errors: most }: RolloutSettings,
): string | null {
  const [trial, others] = [true, false].map((isTrial) => {
    const tries = replicas.filter(({ given }) => (given === to) === isTrial).map((replica) => replica.tries);
    const sum = (key: "tried" | "failed"): number => tries.reduce((all, one) => all + (one?.[key] ?? 0), 0);
    return { tried: sum("tried"), failed: sum("failed") };
  }) as [Tries, Tries];
  if (trial.tried < LEAST_TRIES) return null;
  // What fails on the others as well is not the change's fault.
  const usual = others.tried < LEAST_TRIES ? 0 : others.failed / others.tried;
  if (trial.failed / trial.tried - usual <= most / 100) return null;
  return `${trial.failed} of ${trial.tried} failed with the change, ${others.failed} of ${others.tried} without`;
}

/** How many batches it takes at most: each has its own time. */
function batchesOf(replicas: number, { max_unavailable }: RolloutSettings): number {
  return Math.max(1, Math.ceil(replicas / max_unavailable));
}

function failed(
  record: RolloutDocument,
  { auto_rollback }: RolloutSettings,
  reason: string,
): RolloutDocument {
  return { ...record, leg: auto_rollback && record.from !== null ? "rolled_back" : "failed", reason };
}

function late(updated: readonly RolloutReplica[]): string {
  const ill = updated.filter((replica) => !isReady(replica));
  const [first] = ill;
  if (first === undefined) return "there were too few replicas in time";
  return `${first.node} was not ready in time: ${first.state?.reason || "it says nothing of this revision"}`;
}

/** Whether it serves, at the revision that it was given. */
function isReady({ given, state }: RolloutReplica): boolean {
  return given !== null && state?.revision === given && state.state === "ready";
}

/** Which revision each replica gets in the present leg. */
function give({ record, settings, replicas }: Underway): Map<string, number> {
  const { to, from, leg, paused } = record;
  const before = from ?? to;
  const updated = new Set(replicas.filter(({ given }) => given === to).map(({ node }) => node));
  if (leg === "done") return new Map(replicas.map(({ node }) => [node, to]));
  if (leg === "rolled_back") return new Map(replicas.map(({ node }) => [node, before]));
  if (!paused && leg === "canary") {
    // Those first that have what was tried last: so no more than these are ever on trial.
    const order = replicas.toSorted((a, b) => Number(isTried(b, before)) - Number(isTried(a, before)));
    for (const { node } of order) if (updated.size < settings.canary) updated.add(node);
  }
  if (!paused && leg === "batches") addBatch(replicas, settings, updated);
  return new Map(replicas.map(({ node, given }) => [node, updated.has(node) ? to : given ?? before]));
}

function isTried({ given }: RolloutReplica, before: number): boolean {
  return given !== null && given !== before;
}

/** Adds as many as may be out of service beside those that are; one that is out of service costs nothing. */
function addBatch(
  replicas: readonly RolloutReplica[],
  { max_unavailable }: RolloutSettings,
  updated: Set<string>,
): void {
  let room = max_unavailable - replicas.filter((replica) => !isReady(replica)).length;
  for (const replica of replicas) {
    if (updated.has(replica.node)) continue;
    if (isReady(replica) && --room < 0) continue;
    updated.add(replica.node);
  }
}

function deadline({ record, settings, replicas, legMs }: Underway): number {
  if (record.paused) return Infinity;
  const after: Partial<Record<RolloutDocument["leg"], number>> = {
    canary: settings.ready_timeout,
    baking: settings.bake,
    batches: settings.ready_timeout * batchesOf(replicas.length, settings),
  };
  return Math.max(0, (after[record.leg] ?? Infinity) - legMs);
}
