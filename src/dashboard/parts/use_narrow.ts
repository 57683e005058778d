import { signal } from "@preact/signals";

const query = matchMedia("(max-width: 700px)");
const isNarrow = signal(query.matches);
query.addEventListener("change", ({ matches }) => {
  isNarrow.value = matches;
});

/** Whether the screen is that of a phone: the width stands in the style sheet, too. */
export function useNarrow(): boolean {
  return isNarrow.value;
}
