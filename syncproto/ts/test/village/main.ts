import { readFileSync } from "node:fs";

import { Village, type World } from "./village";

/** Plays histories against the server that the world on standard input names, and says for each seed what went wrong. */
const world = JSON.parse(readFileSync(0, "utf8")) as World;
let failed = false;
for (const seed of world.seeds) {
  let wrong: string[];
  try {
    wrong = await new Village(world, seed).play();
  } catch (e) {
    wrong = [e instanceof Error ? (e.stack ?? e.message) : String(e)];
  }
  console.log(JSON.stringify({ seed, wrong: wrong.slice(0, 5), more: Math.max(0, wrong.length - 5) }));
  if (wrong.length > 0) {
    failed = true;
    break;
  }
}
process.exitCode = failed ? 1 : 0;
