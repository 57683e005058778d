import { loadConfig } from "../../control/config/load.ts";
import { formatDiagnosticLine } from "../../control/config/format_diagnostic.ts";
import { formatHostPort } from "../../model/address.ts";
import type { AppConfig } from "../../model/config.ts";
import { listenAddress } from "../../model/config_values.ts";
import { STRATEGY_NAMES } from "../../model/config_strategy.ts";
import type { AppDocument } from "../model/app_document.ts";
import type { AssignedApp } from "../model/documents.ts";

/** An app that the region wants on this node. */
export interface CarriedApp extends AssignedApp {
  readonly document: AppDocument;
}

/** Nothing is left to fill in: the document has what the environment said where it was applied. */
const NO_ENVIRONMENT = { get: () => undefined, names: () => [] };

/** The app as a config of this node has it, or why that is not valid here. */
export function configOf({ document, ports }: CarriedApp): AppConfig | { readonly problem: string } {
  const { app } = document;
  const written = { ...app, ports: withPorts(app["ports"], ports) };
  // A dollar is written twice, so that it stays one.
  const text = JSON.stringify({ apps: [written] }).replaceAll("$", "$$$$");
  const result = loadConfig(text, NO_ENVIRONMENT, { file: `app "${app.name}"`, strategies: STRATEGY_NAMES });
  if (result.ok) return result.config.apps[0]!;
  const [first] = result.diagnostics;
  return { problem: first === undefined ? "it is not valid" : formatDiagnosticLine(first) };
}

/** Puts the ports that control chose in the places of those that the app leaves open. */
function withPorts(written: unknown, ports: readonly number[]): unknown {
  if (!Array.isArray(written)) return written;
  return written.map((one: unknown, at) => {
    const address = listenAddress.safeParse(one).data;
    const port = ports[at];
    return address === undefined || port === undefined ? one : formatHostPort(address.host, port);
  });
}
