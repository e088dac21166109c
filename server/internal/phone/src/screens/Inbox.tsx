// Everything that came to the person: first what needs a step, with the step as
// a button; then news. What was pushed to the phone is always here too.
import { userScope } from "@banso/sync";
import { codeText, teamCases } from "../core/cases";
import { kindName } from "@banso/kit/kinds";
import { useLive } from "../core/live";
import { type Me, useMe } from "../core/me";
import { flag, num, text } from "../core/model";
import { knownNames } from "../core/names";
import { type Phone, phone } from "../core/phone";
import { linkOf } from "../core/news";
import { both, t, when } from "../core/text";
import { Button, Card, Note, State } from "../ui/kit";
import { go, href } from "@banso/kit/router";
import { Screen } from "../ui/shell";
import { contentOf } from "../core/cases";
import { nameOf } from "./Entries";

interface Todo {
  id: string;
  title: string;
  about: string;
  waiting: boolean;
}

async function read(p: Phone, me: Me) {
  const now = (await p.ref.status()).serverNow;
  const own: Todo[] = [];
  for (const c of await p.engine.cases(true)) {
    const content = contentOf(c);
    own.push({ id: c.id, title: (await codeText(p, c.code)).title, about: content?.category ? kindName(content.category) : t(`op.${c.op || "none"}`), waiting: c.v === "waiting" });
  }
  const team: Todo[] = [];
  const names = await knownNames(p);
  for (const c of await teamCases(p, me)) team.push({ id: c.id, title: (await codeText(p, c.code)).title, about: names.get(c.by) ?? nameOf(c.by, me), waiting: false });
  const told = new Set(own.map((c) => c.id)); // stands above, with its button
  const news = (await p.ref.list("inbox", userScope(me.person))).filter((s) => !told.has(text(s.doc, "case"))).sort((a, b) => num(b.doc, "at") - num(a.doc, "at"));
  return { now, own, team, news };
}

export function Inbox() {
  const me = useMe();
  const v = useLive(async (p) => (me ? read(p, me) : undefined), [me]);
  if (!me || !v) return <Screen title={t("inbox.title")} home><p class="soft">{t("reading")}</p></Screen>;
  const open = v.own.filter((c) => !c.waiting);
  const waiting = v.own.filter((c) => c.waiting);
  const unread = v.news.filter((s) => !flag(s.doc, "read"));
  const allRead = async (): Promise<void> => {
    for (const s of unread) await phone.get()!.ref.edit({ type: "inbox", id: s.id }, { set: { read: true } });
  };
  return (
    <Screen title={t("inbox.title")} home>
      {open.length > 0 && <Todos title={t("inbox.yours")} list={open} />}
      {v.team.length > 0 && <Todos title={t("inbox.team")} list={v.team} />}
      {waiting.length > 0 && <Todos title={t("inbox.waiting")} list={waiting} />}
      {v.news.length === 0 && open.length === 0 && v.team.length === 0 && <Note><p>{t("inbox.empty")}</p></Note>}
      {unread.length > 1 && <Button icon="check" onTap={allRead}>{t("inbox.all_read")}</Button>}
      <ul class="list">
        {v.news.map((s) => {
          const d = s.doc;
          const tapped = (): void => {
            if (!flag(d, "read")) void phone.get()!.ref.edit({ type: "inbox", id: s.id }, { set: { read: true } });
            const c = text(d, "case");
            const to = c && !v.own.some((o) => o.id === c) ? "" : linkOf(d);
            if (to) go(to);
          };
          return (
            <li key={s.id}>
              <button type="button" class="item" data-news={text(d, "kind")} onClick={tapped}>
                <span class="text">
                  <span>{both(text(d, "title_vi"), text(d, "title_en"))}</span>
                  {text(d, "reason") && <span>{t("entry.reason", { reason: text(d, "reason") })}</span>}
                  <span class="small">{both(text(d, "body_vi"), text(d, "body_en"))}</span>
                  <span class="row">
                    {!flag(d, "read") && <State tone="info">{t("inbox.new")}</State>}
                    <span class="small">{when(num(d, "at"), v.now)}</span>
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Screen>
  );
}

function Todos({ title, list }: { title: string; list: Todo[] }) {
  return (
    <Card title={title}>
      <ul class="list">
        {list.map((c) => (
          <li key={c.id}>
            <a class="item" href={href("case", c.id)} data-case={c.id}>
              <span class="text">
                <span>{c.title}</span>
                <span class="small">{c.about}</span>
                <State tone={c.waiting ? "wait" : "bad"}>{t(c.waiting ? "inbox.waits" : "standing.aside")}</State>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Card>
  );
}
