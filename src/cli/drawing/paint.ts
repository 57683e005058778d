import { styleText } from "node:util";

/** What a piece of text means; each meaning has one look over all commands. */
export type Tone = "good" | "bad" | "doubtful" | "strong" | "faint" | "accent" | "chosen";

const LOOKS = {
  good: "green",
  bad: "red",
  doubtful: "yellow",
  strong: "bold",
  faint: "dim",
  accent: "cyan",
  chosen: "inverse",
} as const;

/** Colours text for a terminal, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string;

/** A painter that colours only where colours are wanted. */
export function painter(color: boolean): Paint {
  // The decision is the caller's: styleText would look at the environment of the process again.
  return (tone, text) =>
    color && text !== "" ? styleText(LOOKS[tone], text, { validateStream: false }) : text;
}
