import type { App } from "../../app.ts";
import type { ServerSpan } from "../../tracing/server_span.ts";
import type { AttemptTrace } from "../../why/attempt_trace.ts";
import type { ChoiceTrace } from "../../why/passed_over.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { CodecErrorCode } from "../codec/codec_error.ts";
import type { RequestHead } from "../codec/request_head.ts";
import type { RequestTraits } from "../codec/response_parser.ts";
import type { HttpApp } from "../http_app.ts";
import { expectationOf } from "../policy/expectation.ts";
import { type ReplayFacts, retryRefusal } from "../policy/replay.ts";
import { traceParentOf } from "../policy/trace_context.ts";
import { RequestBody } from "./request_body.ts";
import { requestTraits } from "./request_traits.ts";

/**
 * One request that endpoints are asked for: what its exchange, each try and its record know of it. It decides nothing.
 */
export class ProxiedRequest {
  /** The app as it was when the request came. */
  readonly app: App;
  readonly http: HttpApp;
  readonly body: RequestBody;
  readonly traits: RequestTraits;
  /** `engine.now()`. */
  readonly startedAt: number;
  /** Null where nothing is traced for OpenTelemetry. */
  readonly span: ServerSpan | null;
  /** The client waits for a 100 before it sends its body. */
  expectsContinue: boolean;
  /** Why the last answer that was refused or broke off did, null where none was. */
  answerError: CodecErrorCode | null = null;
  /** For its trace: the last choice of an endpoint, null where none is kept. */
  choice: ChoiceTrace | null = null;
  /** For its trace: attempts and tries besides the one whose answer was taken; null for none, as of most. */
  otherAttempts: AttemptTrace[] | null = null;

  constructor(readonly client: ClientConnection, readonly head: RequestHead) {
    const { app, http, context } = client;
    this.app = app;
    this.http = http;
    this.body = new RequestBody(head, http.policy.maxReplayBodyBytes);
    this.traits = requestTraits(head);
    this.startedAt = context.engine.now();
    this.span = context.tracer === null ? null : context.tracer.request(traceParentOf(head));
    this.expectsContinue = expectationOf(head) === "continue";
  }

  /** Whether the client's connection can go on after the answer whose head is written now. */
  get mayPersist(): boolean {
    return this.client.mayPersist && this.head.persistent && this.body.complete;
  }

  /** It may be sent once more although an endpoint may have had it. */
  get mayRepeat(): boolean {
    return retryRefusal(this.facts, true) === null;
  }

  /** What decides how often it may be sent. */
  get facts(): ReplayFacts {
    const { head: { method }, http: { policy: { replay } }, body, traits: { upgrade } } = this;
    return { method, replay, body: body.plan, upgrade };
  }
}
