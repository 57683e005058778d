import type { JSX } from "preact";
import type { Ring } from "../pure/ring.ts";

const WIDTH = 80;
const HEIGHT = 18;

/** The last half minute as a small picture. What it shows stands beside it as a number. */
export function Spark({ ring, points }: { ring: Ring | undefined; points: number }): JSX.Element {
  const values = ring?.values() ?? [];
  const largest = Math.max(...values, 1);
  const x = (index: number): number => WIDTH - (values.length - 1 - index) * WIDTH / (points - 1);
  const y = (value: number): number => HEIGHT - 1 - value / largest * (HEIGHT - 2);
  const line = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden preserveAspectRatio="none">
      <polyline points={line} />
    </svg>
  );
}
