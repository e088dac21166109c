// What the commune or the province gave the team to do or let it know: the
// same records as in the inbox, where the team looks for them.
import { userScope } from "@banso/sync";
import { useLive } from "../core/live";
import { flag, num, text } from "../core/model";
import { type Phone, phone } from "../core/phone";
import { both, t, when } from "../core/text";
import { Button, Card, State } from "../ui/kit";

const most = 5;

async function read(p: Phone, team: string) {
  const all = (await p.ref.list("inbox", userScope(p.who.id))).filter((s) => {
    const of = text(s.doc, "team");
    return ["task", "announcement"].includes(text(s.doc, "kind")) && (of === "" || of === team);
  });
  return { list: all.sort((a, b) => num(b.doc, "at") - num(a.doc, "at")).slice(0, most), now: (await p.ref.status()).serverNow };
}

/** Notices are the newest tasks and announcements of a team. */
export function Notices({ team }: { team: string }) {
  const v = useLive((p) => read(p, team), [team]);
  if (!v) return null;
  const seen = (id: string): Promise<unknown> => phone.get()!.ref.edit({ type: "inbox", id }, { set: { read: true } });
  return (
    <Card title={t("notices.title")}>
      {v.list.length === 0 && <p class="soft">{t("notices.none")}</p>}
      <ul class="list">
        {v.list.map((s) => {
          const title = both(text(s.doc, "title_vi"), text(s.doc, "title_en"));
          return (
            <li key={s.id} class="item" data-notice={text(s.doc, "kind")}>
              <span class="text">
                <span>{title}</span>
                <span class="small">{both(text(s.doc, "body_vi"), text(s.doc, "body_en"))}</span>
                <span class="row">
                  <State tone={text(s.doc, "kind") === "task" ? "wait" : "info"}>{t(text(s.doc, "kind") === "task" ? "notices.task" : "notices.news")}</State>
                  <span class="small">{when(num(s.doc, "at"), v.now)}</span>
                </span>
                {!flag(s.doc, "read") && <Button icon="check" label={t("notices.seen_of", { title })} onTap={() => seen(s.id)}>{t("notices.seen")}</Button>}
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
