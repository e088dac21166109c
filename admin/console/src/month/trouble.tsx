// What the server refuses is said where it was asked for.
import { sentence } from "@banso/kit/api";
import { Note } from "@banso/kit/pieces";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

/** useTrouble gives the note about the last refusal, and a guard that keeps what
 * is refused; guarded work that went well clears it. */
export function useTrouble(): [ComponentChildren, (work: () => Promise<unknown>) => () => Promise<void>] {
  const [text, setText] = useState("");
  const guard = (work: () => Promise<unknown>) => async (): Promise<void> => {
    try {
      await work();
      setText("");
    } catch (e) {
      setText(sentence(e));
    }
  };
  return [text && <Note tone="bad"><p>{text}</p></Note>, guard];
}
