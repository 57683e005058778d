import { untracked, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, failureText } from "../api/client.ts";
import { isTokenAsked, token } from "../api/token.ts";
import { timer } from "../base/clock.ts";
import { isVisible } from "./visible.ts";

/** What was asked for. */
export interface Polled<T> {
  /** The last answer, null before the first. */
  readonly value: T | null;
  /** Why the last request failed, null where it did not. */
  readonly failure: string | null;
  /** Asks again now. */
  refresh(): void;
}

/**
 * Asks for something while the component is there and the page is seen, one request after another.
 * @param path null for nothing. The last answer stays until the one to another path has come.
 * @param everyMs from an answer to the next request; Infinity to ask once.
 * @param version when it changes it is asked again at once.
 */
export function usePolled<T>(path: string | null, everyMs: number, version = ""): Polled<T> {
  const wanted = useSignal(path);
  const turn = useSignal(0);
  const value = useSignal<T | null>(null);
  const failure = useSignal<string | null>(null);
  useEffect(() => {
    wanted.value = path;
  }, [path]);
  useEffect(() => {
    if (version !== "") turn.value++;
  }, [version]);
  useSignalEffect(() => {
    const asked = wanted.value;
    void turn.value;
    void token.value;
    if (asked === null || !isVisible.value || isTokenAsked.value) return;
    const abort = new AbortController();
    let cancel = (): void => {};
    const once = async (): Promise<void> => {
      try {
        const answer = await ask<T>(asked, { signal: abort.signal });
        if (abort.signal.aborted) return;
        value.value = answer;
        failure.value = null;
      } catch (error) {
        if (abort.signal.aborted) return;
        failure.value = failureText(error);
      }
      if (everyMs !== Infinity) cancel = timer(everyMs, () => void once());
    };
    untracked(() => void once());
    return () => {
      abort.abort();
      cancel();
    };
  });
  return {
    value: value.value,
    failure: failure.value,
    refresh: () => {
      turn.value++;
    },
  };
}
