/**
 * Reads until its standard input ends, which it does when the demonstration is gone in whatever way. Then it ends the
 * programs whose command line names a file of the folder, and removes that.
 */
const SCRIPT = `trap '' INT TERM HUP
read -r _
signal() {
  for process in /proc/[0-9]*; do
    tr '\\0' ' ' 2> /dev/null < "$process/cmdline" | grep -qF -- "$FPROXY_DEMO/" && kill "-$1" "\${process#/proc/}"
  done
}
signal TERM
sleep 5
signal KILL
rm -rf -- "$FPROXY_DEMO"
`;

/** Cleans up after a demonstration that was killed. */
export class Keeper {
  readonly #child: Deno.ChildProcess;

  /** @param dir folder that all its programs have files in, and nothing else has. */
  constructor(dir: string) {
    this.#child = new Deno.Command("sh", {
      args: ["-c", SCRIPT],
      env: { FPROXY_DEMO: dir },
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** All is cleaned up already. */
  async dismiss(): Promise<void> {
    // It does not end by other signals, so that Ctrl-C does not take it along.
    this.#child.kill("SIGKILL");
    await this.#child.stdin.close().catch(() => {});
    await this.#child.status;
  }
}
