/** A config as people write it, with an app `web`. @param target of the app. */
export function webConfig(target: string, more = ""): string {
  return [
    'admin: { listen: "127.0.0.1:0", config_writes: true }',
    "workers: 1",
    "access_log: { to: none }",
    "apps:",
    "  - name: web",
    '    ports: ["127.0.0.1:0"]',
    `    targets: ["${target}"]`,
    "    connect_timeout: 3s",
    more,
  ].join("\n");
}
