import * as z from "zod";
import { dnsFronts } from "./dns.ts";
import type { DriverParts, FrontDriver } from "./driver.ts";
import { fileFronts } from "./file.ts";
import { haproxyFronts } from "./haproxy.ts";

/** All kinds of fronts. A further one is a file beside these, and a line here. */
const DRIVERS = [haproxyFronts, dnsFronts, fileFronts] as const;

type AnySettings = (typeof DRIVERS)[number]["settings"];

/** One entry of `fronts`: its `type` says which other keys it has. */
export const frontSettings = z.discriminatedUnion(
  "type",
  DRIVERS.map(({ settings }) => settings) as [AnySettings, ...AnySettings[]],
);

/** Valid settings of a front. */
export type FrontSettings = z.output<typeof frontSettings>;

/** A front that is ready to be told something. */
export interface OpenFront {
  /** Unique in its program. */
  readonly name: string;
  readonly apps: readonly string[];
  readonly weight: FrontSettings["weight"];
  /** Time between two comparisons with what it should have, milliseconds. */
  readonly checkMs: number;
  readonly driver: FrontDriver;
}

/** Name of a front among those of its program: its type, unless it has another one. */
export function frontName({ name, type }: FrontSettings): string {
  return name ?? type;
}

/** Makes the driver of a front. @throws {FrontError} where a file that it needs cannot be used. */
export function openFront(settings: FrontSettings, parts: DriverParts): OpenFront {
  const kind = DRIVERS.find(({ type }) => type === settings.type)!;
  // Which of the kinds it is, and so which settings, is known by its type alone.
  const own = settings as never;
  return {
    name: frontName(settings),
    apps: kind.appsOf(own),
    weight: settings.weight,
    checkMs: kind.checkMs,
    driver: kind.open(own, parts),
  };
}
