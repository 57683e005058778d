import type { AppDocument } from "../model/app_document.ts";
import { type Bucket, isDeleted } from "../store/bucket.ts";
import { StoreError } from "../store/store_error.ts";
import type { AppStep } from "./apply_plan.ts";

/** Writes that are under way at once. */
const AT_ONCE = 64;

/** What became of a step. */
export interface AppOutcome {
  readonly step: AppStep;
  /** Of what is there now; null where nothing was written. */
  readonly revision: number | null;
  readonly failure: StoreError | null;
}

/**
 * Does what a plan says, each app by itself: one that fails, as when somebody else changed it since, does not hold up the
 * others.
 * @param onOutcome told of each step when it is done.
 */
export async function apply(
  steps: readonly AppStep[],
  apps: Pick<Bucket<AppDocument>, "write" | "remove" | "get">,
  onOutcome: (outcome: AppOutcome) => void,
): Promise<void> {
  const left = steps.filter(({ kind }) => kind !== "kept").values();
  const work = async (): Promise<void> => {
    for (const step of left) onOutcome(await take(step, apps));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function take(
  step: AppStep,
  apps: Pick<Bucket<AppDocument>, "write" | "remove" | "get">,
): Promise<AppOutcome> {
  try {
    if (step.document === null) {
      await apps.remove(step.app, step.revision ?? 0);
      return { step, revision: null, failure: null };
    }
    const former = step.revision ?? await lastRevision(step.app, apps);
    return { step, revision: await apps.write(step.app, step.document, former), failure: null };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { step, revision: null, failure: error };
  }
}

/** What a deleted app has left behind; null where there never was one. @throws {StoreError} where it is there meanwhile. */
async function lastRevision(app: string, apps: Pick<Bucket<AppDocument>, "get">): Promise<number | null> {
  const there = await apps.get(app);
  if (there !== null && !isDeleted(there)) {
    throw new StoreError("store_conflict", `Cannot write app "${app}": somebody else added it meanwhile`);
  }
  return there?.revision ?? null;
}
