// Where the person is: the part of the address behind #. Nothing behind # ever
// travels to a server or into its log, so an activation link can carry its code.
import { Cell } from "./cell";

export interface Route {
  path: string[]; // "#/entry/abc" is ["entry", "abc"]
  query: URLSearchParams;
}

function read(): Route {
  const hash = location.hash.replace(/^#\/?/, "");
  const [path = "", query = ""] = hash.split("?");
  return { path: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

export const route = new Cell<Route>(read());

addEventListener("hashchange", () => {
  route.set(read());
  scrollTo(0, 0);
});

/** href makes an address inside the app. */
export function href(...path: string[]): string {
  return "#/" + path.map(encodeURIComponent).join("/");
}

/** go opens another screen; replace leaves no way back to this one. */
export function go(to: string, replace = false): void {
  if (to === location.hash) return;
  if (replace) location.replace(to);
  else location.hash = to;
}

/** back returns to the screen before, or home where there is none. */
export function back(): void {
  if (history.length > 1) history.back();
  else go("#/", true);
}
