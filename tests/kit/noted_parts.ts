import type { LookupCall, LookupResult } from "../../src/control/dns/lookup.ts";

/** Who looks a name up, and notes the parts that come before the end. */
export class NotedParts implements LookupCall {
  readonly parts: LookupResult[] = [];
  readonly #controller = new AbortController();
  #wake = (): void => {};

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  onPart(part: LookupResult): void {
    this.parts.push(part);
    this.#wake();
  }

  /** The first part, once it has come. */
  async first(): Promise<LookupResult | undefined> {
    if (this.parts.length === 0) await new Promise<void>((resolve) => this.#wake = resolve);
    return this.parts[0];
  }

  /** Has the look-up end with what it has. */
  abort(): void {
    this.#controller.abort();
  }
}
