import { ByteSink } from "./byte_sink.ts";
import type { RequestFacts, SessionFacts } from "./access_facts.ts";
import { writeCount, writeText } from "./write_json.ts";

/** Entries of a cache; where there are more (a rollout of thousands of targets) it begins anew. */
const MAX_ENTRIES = 4096;
/** Methods are the client's choice. */
const MAX_METHODS = 32;

/** What of a request stays as long as answers stay alike. */
type Kind = Pick<RequestFacts, "status" | "endpoint" | "dispatch" | "replay" | "tls">;

/** `,"status":…` to `,"tls":…` */
interface RequestEnd {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
}

/** The parts with a target's name. */
interface TargetParts {
  /** `,"target":…,"attempts":1,"tried":[],"connect_ms":`, for the usual session, which the first target takes. */
  readonly front: Uint8Array;
  end: RequestEnd | null;
}

/** `,"revision":…,"picked_by":…,"close_reason":…` */
interface SessionEnd {
  readonly revision: number;
  readonly pickedBy: string;
  readonly bytes: Uint8Array;
}

/** The parts that sessions of a listener share. */
interface ListenerParts {
  readonly app: string;
  /** `,"app":…,"listener":…,"client_addr":` */
  readonly front: Uint8Array;
  readonly ends: Map<string, SessionEnd>;
}

const scratch = new ByteSink(256);
const listeners = new Map<string, ListenerParts>();
const targets = new Map<string, TargetParts>();
const methods = new Map<string, Uint8Array>();

/**
 * Encoded runs of keys and values of an access record that are the same in most records: to encode them each time was a
 * tenth of the cost of a keep-alive request. Shared by a thread, since made for one connection they cost more than they
 * spare. What a run was made from is compared whenever it is used.
 */
export function writeFront(out: ByteSink, { app, listener }: SessionFacts): void {
  out.append(listenerParts(app, listener).front);
}

/** Appends target, attempts and tried, up to the value of `connect_ms`. */
export function writeTarget(out: ByteSink, { target, attempts, tried }: SessionFacts): void {
  if (attempts === 1 && tried.length === 0 && target !== null) return out.append(targetParts(target).front);
  encodeTarget(out, target, attempts, tried);
}

/** Appends `revision`, `picked_by` and `close_reason`. */
export function writeSessionEnd(out: ByteSink, facts: SessionFacts): void {
  const { ends } = listenerParts(facts.app, facts.listener);
  let end = ends.get(facts.closeReason);
  if (end === undefined || end.revision !== facts.revision || end.pickedBy !== facts.pickedBy) {
    end = { revision: facts.revision, pickedBy: facts.pickedBy, bytes: encoded(encodeSessionEnd, facts) };
    ends.set(facts.closeReason, end);
  }
  out.append(end.bytes);
}

/** Appends `method`, up to the value of `path`. */
export function writeMethod(out: ByteSink, method: string): void {
  let bytes = methods.get(method);
  if (bytes === undefined) {
    bytes = encoded(encodeMethod, method);
    if (methods.size < MAX_METHODS) methods.set(method, bytes);
  }
  out.append(bytes);
}

/** Appends what follows a request's path, except why an answer failed. */
export function writeRequestEnd(out: ByteSink, target: string | null, facts: RequestFacts): void {
  if (target === null) return encodeRequestEnd(out, facts);
  const parts = targetParts(target);
  if (parts.end === null || !isSameKind(parts.end.kind, facts)) {
    const { status, endpoint, dispatch, replay, tls } = facts;
    parts.end = {
      kind: { status, endpoint, dispatch, replay, tls },
      bytes: encoded(encodeRequestEnd, facts),
    };
  }
  out.append(parts.end.bytes);
}

function isSameKind(one: Kind, other: Kind): boolean {
  return one.status === other.status && one.endpoint === other.endpoint && one.dispatch === other.dispatch &&
    one.replay === other.replay && one.tls === other.tls;
}

function listenerParts(app: string, listener: string): ListenerParts {
  let parts = listeners.get(listener);
  if (parts !== undefined && parts.app === app) return parts;
  if (listeners.size >= MAX_ENTRIES) listeners.clear();
  parts = { app, front: encoded(encodeFront, { app, listener }), ends: new Map() };
  listeners.set(listener, parts);
  return parts;
}

function targetParts(target: string): TargetParts {
  let parts = targets.get(target);
  if (parts !== undefined) return parts;
  if (targets.size >= MAX_ENTRIES) targets.clear();
  parts = { front: encoded((out) => encodeTarget(out, target, 1, []), null), end: null };
  targets.set(target, parts);
  return parts;
}

function encoded<T>(encode: (out: ByteSink, value: T) => void, value: T): Uint8Array {
  scratch.clear();
  encode(scratch, value);
  return scratch.view().slice();
}

function encodeFront(out: ByteSink, { app, listener }: Pick<SessionFacts, "app" | "listener">): void {
  writeText(out, ',"app":', app);
  writeText(out, ',"listener":', listener);
  out.text(',"client_addr":');
}

function encodeTarget(
  out: ByteSink,
  target: string | null,
  attempts: number,
  tried: readonly string[],
): void {
  writeText(out, ',"target":', target);
  writeCount(out, ',"attempts":', attempts);
  out.text(',"tried":[');
  for (let index = 0; index < tried.length; index++) writeText(out, index === 0 ? "" : ",", tried[index]!);
  out.text('],"connect_ms":');
}

function encodeSessionEnd(out: ByteSink, facts: SessionFacts): void {
  writeCount(out, ',"revision":', facts.revision);
  writeText(out, ',"picked_by":', facts.pickedBy);
  writeText(out, ',"close_reason":', facts.closeReason);
}

function encodeMethod(out: ByteSink, method: string): void {
  writeText(out, ',"method":', method);
  out.text(',"path":');
}

function encodeRequestEnd(out: ByteSink, facts: Kind): void {
  writeCount(out, ',"status":', facts.status);
  writeCount(out, ',"endpoint":', facts.endpoint);
  writeText(out, ',"dispatch":', facts.dispatch);
  writeText(out, ',"replay":', facts.replay);
  out.text(facts.tls ? ',"tls":true' : ',"tls":false');
}
