import type {
  PickRequest as InnerRequest,
  StrategyContext as InnerContext,
  StrategyTarget,
} from "../strategy.ts";
import type { TargetSet as InnerSet } from "../target_set.ts";
import type { PickRequest, RequestView, StrategyContext, Target, TargetSet } from "./api.ts";

/** No version of a set. */
const NEVER = -1;

/** The set as a script sees it: a copy, which it may keep or spoil without harm to others. */
export class SetView implements TargetSet {
  version = NEVER;
  members = new Int32Array(0);
  weights = new Int32Array(0);

  constructor(private readonly inner: InnerSet) {
    this.update();
  }

  get count(): number {
    return this.members.length;
  }

  /** Looks whether the set changed. To be called before each choice. */
  update(): void {
    const { inner } = this;
    if (this.version === inner.version) return;
    this.version = inner.version;
    this.members = inner.members.slice(0, inner.count);
    this.weights = inner.weights.slice();
  }
}

/** The request as a script sees it: nothing of it can be changed. */
export class RequestOfScript implements PickRequest {
  #inner: InnerRequest | null = null;

  /** Stands for another request from now on; null for none, after the choice. */
  stand(inner: InnerRequest | null): void {
    this.#inner = inner;
  }

  get clientIp(): string {
    return this.#request.clientIp;
  }

  get clientPort(): number {
    return this.#request.clientPort;
  }

  get attempt(): number {
    return this.#request.attempt;
  }

  get http(): RequestView | null {
    return this.#request.http;
  }

  accepts(target: number): boolean {
    return this.#request.accepts(target);
  }

  get #request(): InnerRequest {
    if (this.#inner === null) throw new TypeError("A request is valid only during the choice");
    return this.#inner;
  }
}

/** What of the context a script is given. */
export type SharedContext = Pick<
  InnerContext,
  "app" | "isBackup" | "targets" | "random" | "now" | "nextCursor" | "open"
>;

/** What a script is given to make its strategy. */
export function contextOfScript(context: SharedContext, set: TargetSet): StrategyContext {
  const { app, isBackup } = context;
  const targets = context.targets.map(targetOfScript);
  return Object.freeze({
    app,
    targets: Object.freeze(targets),
    set,
    isBackup,
    random: () => context.random(),
    now: () => context.now(),
    nextCursor: () => context.nextCursor(),
    open: (target: number) => {
      if (targets[target] === undefined) throw new RangeError(`There is no target ${target}`);
      return context.open(target);
    },
  });
}

/** A target without what scripts are not to know. */
export function targetOfScript({ key, weight, backup, priority, zone, labels }: StrategyTarget): Target {
  return Object.freeze({ key, weight, backup, priority, zone, labels: Object.freeze({ ...labels }) });
}
