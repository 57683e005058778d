// @ts-types="@types/mustache"
import mustache from "mustache";
import { formatHostPort } from "../../../model/address.ts";
import type { FrontReplica, FrontReplicas } from "../driver.ts";

/** The replicas as JSON: `{ "apps": [{ "name", "replicas": [{ "node", "address", "port", "zone", "weight" }] }] }`. */
export function renderJson(replicas: FrontReplicas): string {
  const apps = [...replicas].map(([name, all]) => ({ name, replicas: all.map(shown) }));
  return `${JSON.stringify({ apps }, null, 2)}\n`;
}

/**
 * Fills in a template (https://mustache.github.io/mustache.5.html). It has `apps`, a list with `name` and `replicas` of
 * each, and `app`, the same by name; a replica has what it has in JSON, `endpoint` (`address:port`) and `last`, true for
 * the last one.
 * @throws where the template is none.
 */
export function renderTemplate(template: string, replicas: FrontReplicas): string {
  const apps = [...replicas].map(([name, all]) => ({
    name,
    replicas: all.map((replica, at) => ({
      ...shown(replica),
      endpoint: formatHostPort(replica.address, replica.port),
      last: at === all.length - 1,
    })),
  }));
  const app = Object.fromEntries(apps.map((one) => [one.name, one]));
  // Nothing is HTML here.
  return mustache.render(template, { apps, app }, {}, { escape: String });
}

function shown({ node, address, port, zone, weight }: FrontReplica): FrontReplica {
  return { node, address, port, zone, weight };
}
