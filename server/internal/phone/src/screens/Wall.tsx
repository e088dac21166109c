// The wall before an app that the server no longer wants: nothing new is
// written with it, but what was written goes out from here. It stands only
// while the server answers: who has no network can't fetch an update either,
// and goes on writing.
import { useState } from "preact/hooks";
import { useLive } from "../core/live";
import { type Phone, phone } from "../core/phone";
import { allKept } from "../core/photos";
import { saveQueue } from "../core/rescue";
import { t, when } from "../core/text";
import { fetchUpdate } from "../core/updates";
import { Bar, Button, Card, Note } from "../ui/kit";
import { LangSwitch } from "../ui/lang";

/** walled says whether the newest word of the server is that this app is too old. */
export async function walled(p: Phone): Promise<boolean> {
  const st = await p.engine.status();
  return st.last?.kind === "ok" && st.problems.some((x) => x.kind === "upgrade");
}

async function read(p: Phone) {
  const st = await p.engine.status();
  return { st, photos: (await allKept(p)).filter((k) => k.wanted && !k.stored).length };
}

export function Wall() {
  const v = useLive(read);
  return (
    <>
      <Bar title={t("app.name")} home>
        <LangSwitch />
      </Bar>
      <main id="main">
        <h2>{t("wall.title")}</h2>
        <p>{t("wall.text")}</p>
        {v && (v.st.unsent > 0 || v.photos > 0 ? (
          <Note tone="wait">
            <p>{t("wall.unsent", { n: v.st.unsent, photos: v.photos })}</p>
            <Button icon="sync" wide onTap={() => phone.get()!.engine.sync()}>{t("sync.now")}</Button>
          </Note>
        ) : <Note tone="good"><p>{t("line.all", { time: when(v.st.lastServerMs, v.st.serverNow) })}</p></Note>)}
        <Fetch />
        {v && v.st.unsent > 0 && (
          <Card title={t("sync.export")}>
            <p class="small">{t("sync.export_text")}</p>
            <Button icon="paper" onTap={() => saveQueue(phone.get()!)}>{t("sync.export_do")}</Button>
          </Card>
        )}
      </main>
    </>
  );
}

/** Fetch is the button that brings the newest version, and says so if there is none yet. */
export function Fetch() {
  const [none, setNone] = useState(false);
  return (
    <>
      <Button look="main" wide icon="star" onTap={async () => setNone(!(await fetchUpdate()))}>{t("update.now")}</Button>
      {none && <p class="error" role="alert">{t("update.none")}</p>}
    </>
  );
}
