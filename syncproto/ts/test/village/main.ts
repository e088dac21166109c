import { readFileSync } from "node:fs";

import { Village, type World } from "./village";

/** Plays histories against the server that the world on standard input names, and says for each seed what went wrong. */
/** A history takes about a second. */
function tooLong(): Promise<string[]> {
  return new Promise((resolve) => setTimeout(() => resolve(["does not end within 20 s"]), 20_000).unref());
}

const world = JSON.parse(readFileSync(0, "utf8")) as World;
let failed = false;
for (const seed of world.seeds) {
  let wrong: string[];
  const village = new Village(world, seed);
  try {
    wrong = await Promise.race([village.play(), tooLong()]);
  } catch (e) {
    wrong = [e instanceof Error ? (e.stack ?? e.message) : String(e)];
  }
  console.log(JSON.stringify({ seed, seen: village.seen, wrong: wrong.slice(0, 5), more: Math.max(0, wrong.length - 5) }));
  if (wrong.length > 0) {
    failed = true;
    break;
  }
}
process.exit(failed ? 1 : 0); // what hangs is left behind
