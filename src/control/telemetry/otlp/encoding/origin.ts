import type { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";

type ReadableSpan = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];

/** Who made what is sent: the same object for all, since the encoder groups by identity. */
export interface Origin {
  readonly resource: ReadableSpan["resource"];
  readonly scope: { readonly name: string; readonly version: string };
}

/** @param attributes of the resource. @param version of the program. */
export function originOf(attributes: Readonly<Record<string, string | number>>, version: string): Origin {
  // The encoder reads nothing else of it.
  const resource = { attributes } as Origin["resource"];
  return { resource, scope: { name: "fproxy", version } };
}
