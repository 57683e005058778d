import { isIP } from "node:net";
import { formatHostPort } from "../../../model/address.ts";
import type { AppConfig } from "../../../model/config.ts";

/** What is known of an app's listen addresses from its config alone. */
interface ListenFacts {
  readonly keys: readonly string[];
  readonly hasNames: boolean;
}

/** Each rollout asks for all apps, most of which have stayed the same objects. */
const factsByApp = new WeakMap<AppConfig, ListenFacts>();

function factsOf(app: AppConfig): ListenFacts {
  const known = factsByApp.get(app);
  if (known !== undefined) return known;
  const facts = {
    keys: app.ports.map(({ host, port }, index) => keyOf(host, port, app.name, index)),
    hasNames: app.ports.some(({ host }) => isName(host)),
  };
  factsByApp.set(app, facts);
  return facts;
}

/** Key of each of an app's listen addresses as configured, in order. */
export function listenKeys(app: AppConfig): readonly string[] {
  return factsOf(app).keys;
}

/** Whether any of an app's listen addresses is a name. */
export function hasNames(app: AppConfig): boolean {
  return factsOf(app).hasNames;
}

/** Whether a host is a name, which stands for addresses that have to be looked up. */
export function isName(host: string): boolean {
  return isIP(host) === 0;
}

/** Key of an address: the address; with the app's name and its place there where the port is the system's choice. */
export function keyOf(host: string, port: number, app: string, index: number): string {
  const address = formatHostPort(host, port);
  return port === 0 ? `${address}#${app}.${index}` : address;
}
