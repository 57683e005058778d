import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { TextEditor } from "./text_editor.ts";

/**
 * Puts an editor into an element. It is loaded with the first page that needs it: until then it is null.
 * @param onChange told of each text.
 */
export function useTextEditor(
  text: string,
  onChange: (text: string) => void,
): { readonly holder: RefObject<HTMLDivElement | null>; readonly editor: ReadonlySignal<TextEditor | null> } {
  const holder = useRef<HTMLDivElement>(null);
  const editor = useSignal<TextEditor | null>(null);
  useEffect(() => {
    let isGone = false;
    const load = async (): Promise<void> => {
      const { openTextEditor } = await import("./text_editor.ts");
      if (isGone || holder.current === null) return;
      editor.value = openTextEditor(holder.current, text, onChange);
    };
    void load();
    return () => {
      isGone = true;
      editor.value?.close();
      editor.value = null;
    };
  }, []);
  return { holder, editor };
}
