import { MAX_PARTS_PER_TURN } from "../../../base/limits.ts";
import type { Command } from "../../../model/messages.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";

type ApplyCommand = Extract<Command, { type: "apply" }>;

/**
 * Cuts a large rollout into commands that each keep a data thread from its traffic for a millisecond or so; what is
 * removed, and the answer, come with the last one. Other commands stay as they are.
 */
export function inParts(command: Command): Command[] {
  if (command.type !== "apply") return [command];
  const groups = grouped(command.apps);
  return groups.map((apps, index): Command =>
    index < groups.length - 1 ? part(command, apps) : { ...command, apps, ...socketsOf(command, apps) }
  );
}

function part(command: ApplyCommand, apps: readonly AppSnapshot[]): Command {
  const { type, revision } = command;
  return { type, revision, apps, removed: [], ...socketsOf(command, apps), isPart: true };
}

function socketsOf({ sockets }: ApplyCommand, apps: readonly AppSnapshot[]): Pick<ApplyCommand, "sockets"> {
  if (sockets === undefined) return {};
  const keys = apps.flatMap((app) => app.listeners.map(({ key }) => key));
  return { sockets: Object.fromEntries(keys.map((key) => [key, sockets[key] ?? []])) };
}

/** One group at least; an app is never cut, however large it is. */
function grouped(apps: readonly AppSnapshot[]): AppSnapshot[][] {
  let group: AppSnapshot[] = [];
  let size = 0;
  const groups = [group];
  for (const app of apps) {
    const own = 1 + app.listeners.length + app.targets.length;
    if (size > 0 && size + own > MAX_PARTS_PER_TURN) {
      group = [];
      size = 0;
      groups.push(group);
    }
    group.push(app);
    size += own;
  }
  return groups;
}
