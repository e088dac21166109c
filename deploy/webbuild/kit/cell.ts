// A value that screens can follow. The app has few of them; what people wrote
// lives in the databases, never here.
import { useLayoutEffect, useState } from "preact/hooks";

export class Cell<T> {
  private readonly followers = new Set<() => void>();
  constructor(private value: T) {}

  get(): T {
    return this.value;
  }

  set(value: T): void {
    if (value === this.value) return;
    this.value = value;
    for (const f of [...this.followers]) f();
  }

  /** follow calls f after each change until the returned function is called. */
  follow(f: () => void): () => void {
    this.followers.add(f);
    return () => this.followers.delete(f);
  }
}

/** useCell draws the component anew when the cell changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [, turn] = useState(0);
  const drawn = cell.get();
  useLayoutEffect(() => {
    const again = (): void => turn((n) => n + 1);
    if (cell.get() !== drawn) again(); // it changed between drawing and following
    return cell.follow(again);
  }, [cell]);
  return drawn;
}
