import type * as z from "zod";
import type { Clock } from "../../base/clock.ts";

/** What makes machines with nodes on them, and takes them away. Both are asked for again until they succeed. */
export interface NodeProvider {
  /**
   * Makes a node of that name; where there is one already, or it is on its way, nothing happens. It need not have joined
   * the region when this resolves.
   * @throws {Error} when it cannot be made.
   */
  add(name: string, signal: AbortSignal): Promise<void>;
  /**
   * Takes a node away; where there is none, nothing happens. It carries nothing any more.
   * @throws {Error} when it cannot be taken away.
   */
  remove(name: string, signal: AbortSignal): Promise<void>;
}

/** What a provider is made from besides its settings. */
export interface ProviderParts {
  readonly clock: Clock;
  /** The command that starts this program. */
  readonly program: readonly string[];
  /** Folder of the file with the settings: relative paths count from there. */
  readonly folder: string;
}

/** A kind of provider. */
export interface ProviderKind {
  /** As `type` in the file has it. */
  readonly name: string;
  /** Its own keys in the file. */
  readonly keys: z.ZodRawShape;
  /** @param settings valid values of its keys. @throws {Error} where it cannot work on this machine. */
  make(settings: Readonly<Record<string, unknown>>, parts: ProviderParts): NodeProvider;
}
