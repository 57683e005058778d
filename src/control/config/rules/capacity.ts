import { MAX_SLOTS } from "../../../model/board.ts";
import type { Config } from "../../../model/config.ts";
import type { Problem } from "../diagnostic.ts";
import type { Locator } from "../locate.ts";

/** What is counted of a config. */
export interface CapacityInput {
  readonly config: Pick<Config, "apps"> | undefined;
  readonly apps: readonly { readonly ports: readonly unknown[]; readonly targets: readonly unknown[] }[];
  readonly locator: Pick<Locator, "key">;
}

/** More parts than any board has slots. A machine with little memory has a smaller one, which the daemon tells. */
export function capacity({ config, apps, locator }: CapacityInput): Problem[] {
  const rules = config?.apps.reduce(
    (sum, { strategy }) => sum + ("rules" in strategy ? strategy.rules.length : 0),
    0,
  );
  const parts = (rules ?? 0) + apps.reduce((sum, app) => sum + 1 + app.ports.length + app.targets.length, 0);
  if (parts < MAX_SLOTS) return [];
  return [{
    code: "capacity",
    message: `${parts} apps, ports and targets together: at most ${MAX_SLOTS - 1}`,
    span: locator.key([], "apps") ?? [0, 0],
  }];
}
