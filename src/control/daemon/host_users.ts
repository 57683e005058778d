import type { AppConfig } from "../../model/config.ts";

/** Names of the apps that have a target on a host, by host. */
export type HostUsers = ReadonlyMap<string, ReadonlySet<string>>;

/** Looks through all apps once, so that a host whose addresses change need not. */
export function findHostUsers(apps: readonly AppConfig[]): HostUsers {
  const users = new Map<string, Set<string>>();
  for (const { name, targets } of apps) {
    for (const { host } of targets) {
      const known = users.get(host);
      if (known === undefined) users.set(host, new Set([name]));
      else known.add(name);
    }
  }
  return users;
}

/** The apps that use any of these hosts, each once. */
export function usersOf(hosts: Iterable<string>, users: HostUsers): string[] {
  return [...new Set([...hosts].flatMap((host) => [...users.get(host) ?? []]))];
}
