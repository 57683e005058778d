import { effect, signal } from "@preact/signals";

/** Which colours are wanted; `auto` is what the system says. */
export type Theme = "auto" | "light" | "dark";

const KEY = "fproxy.theme";
const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

const isSystemDark = signal(systemIsDark.matches);
systemIsDark.addEventListener("change", ({ matches }) => {
  isSystemDark.value = matches;
});

/** The theme that was chosen; it outlives the tab. */
export const theme = signal<Theme>(THEMES.find((one) => one === localStorage.getItem(KEY)) ?? "auto");

/** The colours that are in force. */
export const scheme = signal<"light" | "dark">("light");

effect(() => {
  const dark = theme.value === "dark" || theme.value === "auto" && isSystemDark.value;
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  scheme.value = dark ? "dark" : "light";
  localStorage.setItem(KEY, theme.value);
});

/** Takes the next of the themes. */
export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "auto";
}

/** A colour of the style sheet as it is now, for what is drawn on a canvas. @param name as in `--bad`. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
