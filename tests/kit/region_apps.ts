/** What of an app's file is not as usual. */
export interface RegionAppFields {
  /** Three unless given. */
  readonly replicas?: number;
  /** A number that makes it another revision. */
  readonly change?: number;
  /** Further keys of the app, as lines. */
  readonly more?: string;
}

/** A file with the app `web`, on any port of the nodes, before a target on this machine. */
export function regionAppText(
  target: number | string,
  { replicas = 3, change = 0, more = "rollout: { bake: 500ms, ready_timeout: 20s }" }: RegionAppFields = {},
): string {
  const address = typeof target === "number" ? `127.0.0.1:${target}` : target;
  return `apps:
  - name: web
    ports: [0]
    targets: ["${address}"]
    idle_timeout: ${100 + change}s
    placement: { replicas: ${replicas} }
    ${more}
`;
}

/** Wanted replicas of the app `web`, those that serve, and how its rollout is, in the text of `fproxy region status`. */
export function standingOf(text: string): string | undefined {
  const [, wanted, ready, revision, leg] = /^web\s+(\d+)\s+(\d+)\s+(\d+)\s+(\w+)/m.exec(text) ?? [];
  return wanted === undefined ? undefined : `${ready} of ${wanted}, ${revision} ${leg}`;
}
