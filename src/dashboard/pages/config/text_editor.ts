import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic as Mark, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Diagnostic } from "../../api/types.ts";

/** An editor for the text of a config. */
export interface TextEditor {
  setText(text: string): void;
  /** Shows what is wrong at its lines. */
  show(diagnostics: readonly Diagnostic[]): void;
  /** Puts the cursor there. @param line from 1. @param column from 1, in UTF-16 units. */
  goTo(line: number, column: number): void;
  close(): void;
}

const COLOURS = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--muted)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)",
  },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--line)" },
});

const WORDS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.content], color: "var(--text)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator], color: "var(--muted)" },
]);

/**
 * Opens an editor in an element. It stands in a shadow tree, where its styles are sheets made by script, which the
 * content security policy lets through; in the page they would be elements with text, which it does not.
 */
export function openTextEditor(
  holder: HTMLElement,
  text: string,
  onChange: (text: string) => void,
): TextEditor {
  const root = holder.shadowRoot ?? holder.attachShadow({ mode: "open" });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        yaml(),
        COLOURS,
        syntaxHighlighting(WORDS),
        // Tab leaves the editor, as everything else that has the focus.
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ "aria-label": "Text of the config", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText: (wanted) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: wanted } }),
    show: (diagnostics) => {
      const marks = diagnostics.flatMap((one) => markOf(one, view.state.doc));
      view.dispatch(setDiagnostics(view.state, marks));
    },
    goTo: (line, column) => {
      const anchor = positionOf(view.state.doc, line, column);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      view.focus();
    },
    close: () => view.destroy(),
  };
}

function markOf({ severity, message, place, hints }: Diagnostic, text: Text): Mark[] {
  if (place === null) return [];
  const from = positionOf(text, place.line, place.column);
  const to = Math.min(text.lineAt(from).to, from + Math.max(1, place.width));
  return [{ from, to, severity, message: [message, ...hints].join("\n") }];
}

/** Somebody may have typed since: what is no longer there is its nearest. */
function positionOf(text: Text, line: number, column: number): number {
  const { from, to } = text.line(Math.min(Math.max(1, line), text.lines));
  return Math.min(from + column - 1, to);
}
