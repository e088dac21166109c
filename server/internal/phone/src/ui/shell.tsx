// The frame around all screens of somebody who is in: the line that says
// where everything is, and the doors below.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useCell } from "@banso/kit/cell";
import { useLive } from "../core/live";
import { type Me, useMe } from "../core/me";
import { flag } from "../core/model";
import { badge } from "../core/news";
import { type Phone, phone } from "../core/phone";
import { type Key, lang, span, t, when } from "../core/text";
import { Icon, type IconName } from "@banso/kit/icons";
import { Bar, IconButton } from "./kit";
import { go, href, route } from "@banso/kit/router";
import { userScope } from "@banso/sync";

/** Unsent for longer than this is a reminder, on every screen. */
export const day3 = 3 * 86_400_000;

interface Line {
  tone: "" | "wait" | "bad" | "info";
  icon: IconName;
  text: string;
}

/** lineOf says it in one sentence; "sent" only if counts and sums agree. */
export async function lineOf(p: Phone): Promise<Line> {
  if (p.practice) return { tone: "wait", icon: "star", text: t("line.practice") };
  const st = await p.engine.status();
  const has = (kind: string): boolean => st.problems.some((x) => x.kind === kind);
  const records = (await p.engine.counts("activity", "")).waiting + (await p.engine.counts("report", "")).waiting;
  const n = records || st.unsent;
  if (has("sign_in")) return { tone: "bad", icon: "lock", text: t(st.unsent ? "line.sign_in_waiting" : "line.sign_in", { n }) };
  if (has("upgrade")) return { tone: "bad", icon: "alert", text: t("line.upgrade") };
  if (has("copy_differs")) return { tone: "bad", icon: "alert", text: t("line.differs") };
  if (st.unsent > 0) {
    const waited = st.oldestUnsentMs > 0 ? Date.now() - st.oldestUnsentMs : 0;
    if (waited > day3) return { tone: "bad", icon: "clock", text: t("line.old", { n, span: span(waited) }) };
    if (st.syncing && !has("offline")) return { tone: "wait", icon: "sync", text: t("line.sending", { n }) };
    if (has("not_ours")) return { tone: "wait", icon: "off", text: t("line.portal_waiting", { n }) };
    if (has("busy")) return { tone: "wait", icon: "clock", text: t("line.busy_waiting", { n }) };
    return { tone: "wait", icon: "off", text: t("line.waiting", { n }) };
  }
  if (st.lastServerMs === 0) return { tone: "info", icon: "sync", text: t(has("offline") ? "line.first_offline" : "line.first") };
  const at = { time: when(st.lastServerMs, st.serverNow) };
  if (has("offline") || has("not_ours")) return { tone: "info", icon: "off", text: t("line.offline", at) };
  if (!st.allSent) return { tone: "info", icon: "sync", text: t("line.checking") };
  return { tone: "", icon: "check", text: t("line.all", at) };
}

/** What the line said last, so that it does not blink from screen to screen. */
let said: { of: Phone | null; lang: string; line: Line } | undefined;

export function SyncLine() {
  const p = useCell(phone);
  const now = useLive(lineOf);
  if (now) said = { of: p, lang: lang.get(), line: now };
  const line = now ?? (said?.of === p && said.lang === lang.get() ? said.line : { tone: "info" as const, icon: "sync" as const, text: t("line.reading") });
  return (
    <div role="status">
      <a class={`line ${line.tone}`} href={href("sync")} data-line>
        <Icon name={line.icon} />
        <span>{line.text}</span>
      </a>
    </div>
  );
}

interface Door {
  to: string;
  icon: IconName;
  key: Key;
  plus?: boolean;
}

function doorsOf(me: Me | undefined): Door[] {
  const log: Door = { to: "log", icon: "plus", key: "door.log", plus: true };
  const inbox: Door = { to: "inbox", icon: "inbox", key: "door.inbox" };
  const home: Door = { to: "", icon: "home", key: "door.home" };
  const team: Door = { to: "team", icon: "people", key: "door.team" };
  const review: Door = { to: "review", icon: "check", key: "door.review" };
  if (me && me.reviews.length > 0) return me.teams.length > 0 ? [home, review, log, team, inbox] : [review, { ...team, to: "teams", key: "door.teams" }, inbox];
  return [home, { to: "entries", icon: "book", key: "door.entries" }, log, team, inbox];
}

/** unread counts what waits for the person in the inbox. */
export async function unread(p: Phone): Promise<number> {
  const list = await p.ref.list("inbox", userScope(p.who.id));
  const cases = await p.engine.cases(true);
  const told = new Set(cases.map((c) => c.id));
  return list.filter((s) => !flag(s.doc, "read") && !told.has(String(s.doc["case"] ?? ""))).length + cases.filter((c) => c.v === "aside").length;
}

export function Doors() {
  const me = useMe();
  const at = useCell(route).path[0] ?? "";
  const waiting = useLive(unread);
  const n = waiting ?? 0;
  useEffect(() => {
    if (waiting !== undefined) void badge(waiting);
  }, [waiting]);
  return (
    <nav class="doors" aria-label={t("doors")}>
      {doorsOf(me).map((d) => (
        <a key={d.to} href={d.to ? href(d.to) : "#/"} class={d.plus ? "plus" : ""} aria-current={at === d.to ? "page" : undefined}>
          <Icon name={d.icon} />
          <span>{t(d.key)}</span>
          {d.to === "inbox" && n > 0 && (
            <span class="count">
              {n > 99 ? "99+" : n}
              <span class="hidden"> {t("unread")}</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}

/** Screen is a whole screen with the line; doors only where no button must be sure to be seen. */
export function Screen({ title, home, doors, children }: { title: string; home?: boolean; doors?: boolean; children: ComponentChildren }) {
  const p = useCell(phone);
  return (
    <>
      <Bar title={title} who={p?.shared ? p.who.name : ""} home={home ?? false}>
        <IconButton icon="gear" label={t("settings")} onTap={() => go(href("settings"))} />
      </Bar>
      <SyncLine />
      <main id="main" class={p?.practice ? "practice" : ""}>
        {children}
      </main>
      {doors !== false && <Doors />}
    </>
  );
}
