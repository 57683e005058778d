import { type AnyValue, type Attributes, SeverityNumber } from "@opentelemetry/api";
import type { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import type { LogFields } from "../../../../base/log.ts";
import type { LoggedEvent } from "../log_event.ts";
import { hrTime } from "./hr_time.ts";
import type { Origin } from "./origin.ts";

/** A log record as the encoder takes it. */
export type ReadableLog = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0][number];

const SEVERITIES = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const;

/** An event in the form that the encoder takes. Its message is the body, its fields are attributes under their own names. */
export function readableLog({ entry, span }: LoggedEvent, { resource, scope }: Origin): ReadableLog {
  const { ts, level, event, message, fields } = entry;
  const time = hrTime(Date.parse(ts));
  return {
    hrTime: time,
    hrTimeObserved: time,
    severityNumber: SEVERITIES[level],
    severityText: level.toUpperCase(),
    eventName: event,
    body: message,
    attributes: attributesOf(fields),
    ...(span === null ? {} : { spanContext: { ...span, traceFlags: 1 } }),
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
  };
}

/** As JSON has them; fields without a value are left out. */
function attributesOf(fields: LogFields): Attributes {
  const plain: Record<string, AnyValue> = JSON.parse(JSON.stringify(fields));
  return Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null)) as Attributes;
}
