import type { JSX } from "preact";

/** One of a few, all of which are seen. */
export function Choice<T extends string>(
  { label, options, chosen, onChoose }: {
    label: string;
    options: readonly (readonly [value: T, name: string])[];
    chosen: T;
    onChoose: (value: T) => void;
  },
): JSX.Element {
  return (
    <div class="choice" role="group" aria-label={label}>
      {options.map(([value, name]) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
