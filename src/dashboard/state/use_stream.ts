import { untracked, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Stream, type StreamFollower } from "../api/follow.ts";
import { isTokenAsked, token } from "../api/token.ts";
import { isVisible } from "./visible.ts";

/** As {@link StreamFollower}. */
export interface PageFollower extends StreamFollower {
  /** A new stream begins, from which all that was told before may come once more. */
  onStart?(): void;
}

/**
 * Follows a stream while the component is there and the page is seen.
 * @param path null for nothing; another path is another stream.
 * @param follower the one of the last render is told.
 * @returns the stream that is followed now.
 */
export function useStream(path: string | null, follower: PageFollower): { readonly current: Stream | null } {
  const latest = useRef(follower);
  latest.current = follower;
  const wanted = useSignal(path);
  useEffect(() => {
    wanted.value = path;
  }, [path]);
  const stream = useRef<Stream | null>(null);
  useSignalEffect(() => {
    const followed = wanted.value;
    // Another token is another right to follow.
    void token.value;
    if (followed === null || !isVisible.value || isTokenAsked.value) return;
    // What followers read while it is opened is no reason to open it anew.
    const opened = untracked(() => {
      latest.current.onStart?.();
      return new Stream(followed, {
        onMessage: (event, data) => latest.current.onMessage(event, data),
        onState: (state) => latest.current.onState?.(state),
      });
    });
    stream.current = opened;
    return () => {
      opened.stop();
      stream.current = null;
    };
  });
  return stream;
}
