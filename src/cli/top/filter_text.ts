/** Most characters of a filter. */
const MAX_LENGTH = 64;

/** A filter that is typed. */
export class FilterText {
  /** Empty for all. */
  text = "";
  /** Whether keys are letters of it, and no commands. */
  isTyping = false;

  /** Takes a key while it is typed: enter keeps it, escape clears it. */
  press(key: string): void {
    if (key === "return" || key === "enter") this.isTyping = false;
    else if (key === "escape") {
      this.isTyping = false;
      this.text = "";
    } else if (key === "backspace") this.text = [...this.text].slice(0, -1).join("");
    else if ([...key].length === 1 && key >= " " && this.text.length < MAX_LENGTH) this.text += key;
  }
}
