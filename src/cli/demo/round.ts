import type { AppStatus } from "../../control/daemon/status.ts";
import { parseTarget } from "../../model/endpoint_url.ts";
import { servedAddress } from "./demo_config.ts";

/** What came back for some connections to an app, one after another. */
export interface Round {
  readonly app: string;
  /** Where the app listens. */
  readonly address: string;
  readonly strategy: string;
  readonly isHttp: boolean;
  /** Connections made. */
  readonly count: number;
  /** The targets in the order of the config. */
  readonly targets: readonly Answers[];
  /** Replies of servers that are not built in. */
  readonly others: number;
  /** Connections without a reply. */
  readonly failed: number;
}

/** How many connections a target answered. */
export interface Answers {
  /** As the config has it. */
  readonly target: string;
  /** The address that it is served on. */
  readonly served: string;
  readonly backup: boolean;
  readonly answers: number;
}

/** Sends something to an address, see `ask`. */
type Ask = (address: string, isHttp: boolean) => Promise<string>;

/** The first address that an app listens on; null where there is none. */
export function listenAddress(app: AppStatus): string | null {
  return app.listeners.find((listener) => listener.bound)?.address ?? null;
}

/** Makes `count` connections to an app and counts who answers. */
export async function makeRound(
  app: AppStatus,
  address: string,
  { isHttp, count, ask }: { readonly isHttp: boolean; readonly count: number; readonly ask: Ask },
): Promise<Round> {
  const signs = app.targets.map(({ target }) => signOf(target, isHttp));
  const answers = signs.map(() => 0);
  let [others, failed] = [0, 0];
  for (let made = 0; made < count; made++) {
    const reply = await ask(address, isHttp).catch(() => "");
    const from = whose(reply, signs);
    if (from !== null) answers[from] = (answers[from] ?? 0) + 1;
    else if (reply === "") failed++;
    else others++;
  }
  const targets = app.targets.map(({ target, backup }, index): Answers => ({
    target,
    served: servedAddress(parseTarget(target)),
    backup,
    answers: answers[index] ?? 0,
  }));
  return { app: app.name, address, strategy: app.strategy, isHttp, count, targets, others, failed };
}

/** How replies begin that come by way of this target from a built-in server. */
function signOf(target: string, isHttp: boolean): string {
  const parsed = parseTarget(target);
  const address = servedAddress(parsed);
  return isHttp ? `Hello, world from ${address}${parsed.url?.base_path ?? ""}/` : `${address}: `;
}

/** Of two paths on one server the longer one tells more. @returns the index, null where it is none of them. */
function whose(reply: string, signs: readonly string[]): number | null {
  let found: number | null = null;
  for (const [index, sign] of signs.entries()) {
    if (reply.startsWith(sign) && sign.length > (found === null ? 0 : signs[found]?.length ?? 0)) {
      found = index;
    }
  }
  return found;
}
