import { Registry } from "../../base/registry.ts";
import { execProvider } from "./exec.ts";
import { processProvider } from "./process.ts";
import type { ProviderKind } from "./provider.ts";

/** All kinds of providers. A new one is one file and one line here. */
export const PROVIDERS: Registry<ProviderKind> = new Registry("node provider", [
  execProvider,
  processProvider,
]);
