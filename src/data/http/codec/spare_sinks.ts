import { ByteSink } from "../../byte_sink.ts";

/** Memory of a section that is held, at first. */
const INITIAL_BYTES = 1024;
/** What has grown above this is left to the garbage collector. */
const MAX_BYTES = 4096;
/** Spare ones that are kept, so at most 1 MiB a thread. */
const MAX_SPARES = 256;

/** Memory of connections that have ended: to allocate it costs more than to fill it. */
const spares: ByteSink[] = [];

/** An empty sink, which nobody else has. */
export function takeSink(): ByteSink {
  return spares.pop() ?? new ByteSink(INITIAL_BYTES);
}

/** Gives a sink back; whoever gives it must not touch it again. */
export function giveSink(sink: ByteSink): void {
  if (sink.bytes.length > MAX_BYTES || spares.length >= MAX_SPARES) return;
  sink.clear();
  spares.push(sink);
}
