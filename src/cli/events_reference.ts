import { LOG_EVENT_GROUPS } from "../base/log_events.ts";
import { PART_OF_GROUP } from "../base/log_parts.ts";
import { markdownCode, markdownTable } from "./markdown.ts";

const INTRODUCTION = `# Events

<!-- Generated from src/base/log_events.ts by \`deno task schema\`. Do not edit. -->

What fproxy writes to its log ([logs](logs.md)), line by line, and what \`GET /api/v1/events\` and \`fproxy logs\` show while it
happens.
As JSON a line is one object: \`ts\` (RFC 3339), \`level\` (\`debug\`, \`info\`, \`warn\`, \`error\`), \`event\`, \`message\`, then the
fields. Names of events and fields stay from version to version; messages are for people and may be worded anew. A field
that has nothing to say is left out. Each part of the program may have a level of its own (\`log.levels\`).
`;

/** `docs/events.md`: every event that is logged. */
export function eventsReference(): string {
  const groups = Object.entries(LOG_EVENT_GROUPS).map(([heading, kinds]) => {
    const rows = Object.entries(kinds).map(([name, { message, fields }]) => [
      markdownCode(name),
      message,
      fields.map(markdownCode).join(", "),
    ]);
    const part = PART_OF_GROUP[heading as keyof typeof PART_OF_GROUP];
    return `## ${heading}\n\nPart ${markdownCode(part)}.\n\n${
      markdownTable(["Event", "Message", "Fields"], rows)
    }`;
  });
  return [INTRODUCTION, ...groups].join("\n").trimEnd() + "\n";
}
