// What a commune or the province has written to teams, and how many have seen it.
import { href } from "@banso/kit/router";
import { Icon } from "@banso/kit/icons";
import { Button, Sheet, State, toast } from "@banso/kit/pieces";
import { useEffect, useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import type { Announced, Unread } from "./api";
import { Compose } from "./Compose";
import { day, dayOf, month, t, when } from "./text";

export default function Notices(props: ScreenProps) {
  return props.rest[0] === "new" ? <Compose {...props} /> : <List {...props} />;
}

const every = 20_000; // who looks at it waits for others to read

function List({ me }: ScreenProps) {
  const list = useLoad(() => get<{ announcements: Announced[] }>("/v1/announcements"), []);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && void list.again(), every);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <div class="row">
        <h1 class="grow">{t("notices.title")}</h1>
        <a class="button main" href={href("notices", "new")}><Icon name="edit" />{t("notices.write")}</a>
      </div>
      <Loaded of={list} empty={{ when: (v) => v.announcements.length === 0, text: t("notices.none"), icon: "send" }}>
        {({ announcements }) => <ul class="notices">{announcements.map((a) => <One key={a.id} a={a} now={me.now_ms} again={list.again} />)}</ul>}
      </Loaded>
    </>
  );
}

function One({ a, now, again }: { a: Announced; now: number; again: () => Promise<void> }) {
  const [asking, ask] = useState(false);
  const [who, showWho] = useState(false);
  const cancel = async (): Promise<void> => {
    await send("POST", `/v1/announcements/${a.id}/cancel`);
    ask(false);
    toast(t("notices.cancelled"));
    await again();
  };
  const over = !!a.until_ms && a.until_ms <= now;
  return (
    <li class="card">
      <div class="row">
        <h2 class="grow">{a.title}</h2>
        <Stand a={a} now={now} />
      </div>
      <p class="small">{t(`kind.${a.kind}`)} · {when(a.created_ms, now)} · {t(`to.${a.to}`)}{a.month ? `, ${month(a.month)}` : ""}</p>
      <p class="words">{a.text}</p>
      {a.state !== "cancelled" && (
        <>
          <p><strong>{t("notices.seen", { seen: a.teams_seen, teams: a.teams })}</strong> <span class="small">{t("notices.people", { seen: a.people_seen, people: a.people })}</span></p>
          <progress max={Math.max(a.teams, 1)} value={a.teams_seen} aria-label={t("notices.seen", { seen: a.teams_seen, teams: a.teams })} />
          <div class="row">
            <span class="grow small">{a.until_ms ? t(over ? "notices.over" : "notices.until", { day: day(dayOf(a.until_ms - 1)) }) : ""}</span>
            {a.teams > a.teams_seen && <Button icon="people" onTap={() => showWho(true)}>{t("notices.unread", { n: a.teams - a.teams_seen })}</Button>}
            <Button look="danger" icon="undo" onTap={() => ask(true)}>{t("notices.cancel")}</Button>
          </div>
        </>
      )}
      {who && <Who a={a} onClose={() => showWho(false)} />}
      {asking && (
        <Sheet title={t("notices.cancel")} onClose={() => ask(false)}>
          <p>{t("notices.cancel_sure", { title: a.title })}</p>
          <Button look="danger" wide onTap={cancel}>{t("notices.cancel_yes")}</Button>
        </Sheet>
      )}
    </li>
  );
}

/** Who names the teams that have not read it; no person. */
function Who({ a, onClose }: { a: Announced; onClose: () => void }) {
  const unread = useLoad(() => get<Unread>(`/v1/announcements/${a.id}/unread`), [a.id]);
  return (
    <Sheet title={t("notices.unread_title")} onClose={onClose}>
      <Loaded of={unread} empty={{ when: (v) => v.teams.length === 0, text: t("notices.all_read"), icon: "check" }}>
        {({ teams, more }) => (
          <>
            <p class="small">{t("notices.unread_hint")}</p>
            <ul>{teams.map((x) => <li key={x.team}>{x.name}</li>)}</ul>
            {!!more && <p>{t("notices.unread_more", { n: more })}</p>}
          </>
        )}
      </Loaded>
    </Sheet>
  );
}

function Stand({ a, now }: { a: Announced; now: number }) {
  if (a.state === "cancelled") return <State tone="bad" icon="undo">{t("state.cancelled")}</State>;
  if (a.state === "sent") return <State tone="good">{t("state.sent")}</State>;
  return <State tone="wait">{a.at_ms && a.at_ms > now ? t("state.planned", { time: when(a.at_ms, now) }) : t("state.leaving")}</State>;
}
