import type { AppStatus } from "../../control/daemon/status.ts";
import type { Paint } from "../drawing/paint.ts";
import { clip } from "../drawing/printable.ts";
import { listenAddress } from "./round.ts";

const LABEL_COLUMNS = "Change it:  ".length;

/** What can be tried. */
export interface HintFacts {
  readonly apps: readonly AppStatus[];
  readonly httpApps: ReadonlySet<string>;
  readonly configPath: string;
  /** What to type to stop the target; null where keys do that. */
  readonly command: string | null;
}

/** What there is to do, one thing a line. @param columns width of the place. */
export function hints({ apps, httpApps, configPath, command }: HintFacts, columns: number): string {
  const lines = [
    ...examples(apps, httpApps).map((example): [string, string] => ["Try it", example]),
    ["Change it", `edit ${configPath}; it is taken over as soon as it is saved`],
    ["Stop it", command === null ? "q, or Ctrl-C" : "Ctrl-C"],
  ];
  return lines.map(([what = "", how], index) => {
    const label = what === lines[index - 1]?.[0] ? "" : `${what}:`;
    return `${clip(`${label.padEnd(LABEL_COLUMNS)}${how}`, columns)}\n`;
  }).join("");
}

/** The target that can be stopped, and how. */
export interface PromptFacts {
  readonly target: string;
  readonly isStopped: boolean;
  /** As in {@link HintFacts}. */
  readonly command: string | null;
}

/** The one thing that is best tried next. */
export function prompt({ target, isStopped, command }: PromptFacts, paint: Paint): string {
  if (command !== null) {
    return `${isStopped ? "Start" : "Stop"} target ${target}, and see who answers:  ${command}\n`;
  }
  const press = `Press ${paint("strong", "s")} to`;
  return isStopped
    ? `${press} start ${target} again.\n`
    : `${press} stop target ${target}, and see who answers in its place.\n`;
}

/** A line to type for an app that carries bytes, and one for an app that carries HTTP. */
function examples(apps: readonly AppStatus[], httpApps: ReadonlySet<string>): string[] {
  const found = [false, true].map((isHttp) => {
    const app = apps.find((one) => httpApps.has(one.name) === isHttp && listenAddress(one) !== null);
    const address = app === undefined ? null : listenAddress(app);
    if (address === null) return "";
    const at = address.lastIndexOf(":");
    const host = address.slice(0, at).replace(/^\[|\]$/g, "");
    return isHttp ? `curl http://${address}/` : `echo hello | nc -N ${host} ${address.slice(at + 1)}`;
  });
  return found.filter((example) => example !== "");
}
