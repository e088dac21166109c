// Where a piece of news leads. The service worker needs it too, so nothing here
// touches a page.

/** badge puts a number on the app's sign where the platform has one; 0 takes it off. */
export async function badge(n: number): Promise<void> {
  const on = navigator as { setAppBadge?: (n: number) => Promise<void>; clearAppBadge?: () => Promise<void> };
  await (n > 0 ? on.setAppBadge?.(n) : on.clearAppBadge?.())?.catch(() => undefined); // not allowed here
}

/** linkOf is the address inside the app that an inbox record is about; "" if it stands for itself. */
export function linkOf(doc: Record<string, unknown>): string {
  const f = (name: string): string => (typeof doc[name] === "string" ? encodeURIComponent(doc[name] as string) : "");
  if (f("kind") === "reviews_waiting" || f("kind") === "review_overdue" || f("kind") === "close_due") return "#/review";
  switch (doc["type"]) {
    case "activity":
      return "#/entry/" + f("id");
    case "report":
      return "#/report/" + f("team") + "/" + f("month");
    case "own_case":
      return "#/case/" + f("case");
  }
  if (f("kind") === "task" || f("kind") === "announcement") return "#/team" + (f("team") && "?team=" + f("team"));
  if (f("team")) return "#/?team=" + f("team") + (f("month") && "&month=" + f("month"));
  return "";
}
