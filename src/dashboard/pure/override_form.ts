/** What an operator can do with a target. */
export type OperateAction = "drain" | "maint" | "weight" | "ready" | "clear";

/** The form as it was filled in. */
export interface OverrideForm {
  readonly action: OperateAction;
  /** As the config writes durations; empty for "until it is taken back". */
  readonly duration: string;
  readonly reason: string;
  /** Of the action `weight` alone: a number, or a share such as `50%`. */
  readonly weight: string;
}

/** What is sent, or what is wrong with the form. */
export type OverrideRequest =
  | {
    readonly ok: true;
    readonly method: "PUT" | "DELETE";
    readonly body?: Readonly<Record<string, string | number>>;
  }
  | { readonly ok: false; readonly field: "duration" | "reason" | "weight"; readonly message: string };

const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const WEIGHT = /^\d{1,3}$/;
const SHARE = /^\d{1,4}%$/;
const MAX_REASON_CHARS = 255;

/** Makes a request of it. The proxy checks it again, and more strictly. */
export function overrideRequest({ action, duration, reason, weight }: OverrideForm): OverrideRequest {
  if (action === "clear") return { ok: true, method: "DELETE" };
  const span = duration.trim();
  const why = reason.trim();
  const value = weight.trim();
  if (span !== "" && !DURATION.test(span)) {
    return { ok: false, field: "duration", message: "Write a duration, as in 15m, 2h or 1d" };
  }
  if (why === "") {
    return { ok: false, field: "reason", message: "Say why: others will read it, in the log and here" };
  }
  if (why.length > MAX_REASON_CHARS) {
    return { ok: false, field: "reason", message: `At most ${MAX_REASON_CHARS} characters` };
  }
  if (action === "weight" && !WEIGHT.test(value) && !SHARE.test(value)) {
    return {
      ok: false,
      field: "weight",
      message: "Write 0 to 256, or a share of the configured weight: 50%",
    };
  }
  return {
    ok: true,
    method: "PUT",
    body: {
      ...(action === "weight" ? { weight: SHARE.test(value) ? value : Number(value) } : { state: action }),
      reason: why,
      ...(span === "" ? {} : { for: span }),
    },
  };
}
