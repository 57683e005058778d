/**
 * What strategies cost, and what they do: `deno task bench-strategies cost | pictures`.
 * @module
 */
import { printCosts } from "./cost.ts";
import { makePictures } from "./pictures.ts";

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

switch (Deno.args[0]) {
  case "cost":
    printCosts(print);
    break;
  case "pictures":
    await makePictures(print);
    break;
  default:
    print("usage: deno task bench-strategies cost | pictures");
    Deno.exit(2);
}
