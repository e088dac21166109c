// Where everything is: what was sent, when, what waits and why.
import type { Outcome } from "@banso/sync";
import { storageState } from "@banso/sync";
import { useState } from "preact/hooks";
import { gate } from "../core/gate";
import { useLive } from "../core/live";
import { allKept } from "../core/photos";
import { phone, type Phone } from "../core/phone";
import { bytes, known, span, t, when } from "../core/text";
import { saveQueue } from "../core/rescue";
import { version } from "../core/version";
import { Button, Card, Fact, Note } from "../ui/kit";
import { Screen, day3, lineOf } from "../ui/shell";
import { Fetch } from "./Wall";

async function read(p: Phone) {
  const st = await p.engine.status();
  return { st, line: await lineOf(p), disk: await storageState(navigator.storage), photos: await allKept(p) };
}

export function Sync() {
  const v = useLive(read);
  const [last, setLast] = useState<Outcome | null>(null);
  if (!v) return <Screen title={t("sync.title")} doors={false}><p class="soft">{t("reading")}</p></Screen>;
  const { st, line, disk, photos } = v;
  const at = (ms: number): string => (ms ? when(ms + st.offsetMs, st.serverNow) : t("never"));
  const open = photos.filter((x) => !x.stored);
  const outcome = "outcome." + (last ?? st.last)?.kind;
  const old = st.unsent > 0 && st.oldestUnsentMs > 0 && Date.now() - st.oldestUnsentMs > day3;
  const p = phone.get();
  return (
    <Screen title={t("sync.title")} doors={false}>
      <Note tone={line.tone === "" ? "good" : line.tone}><p>{line.text}</p>{known(outcome) && <p class="small">{t(outcome)}</p>}</Note>
      {old && <Note tone="bad"><p>{t("sync.old", { span: span(Date.now() - st.oldestUnsentMs) })}</p></Note>}
      {disk.level !== "ok" && <Note tone="bad"><p>{t(disk.level === "low" ? "sync.disk_low" : "sync.disk_full")}</p></Note>}
      {st.problems.some((x) => x.kind === "upgrade") && <Fetch />}
      {st.problems.some((x) => x.kind === "sign_in") && p && <Button look="main" wide icon="lock" onTap={() => gate.set({ at: "enter", code: "", again: p.who })}>{t("sync.sign_in")}</Button>}
      {!p?.practice && <Button look="main" wide icon="sync" onTap={async () => setLast(await p!.engine.sync())}>{t("sync.now")}</Button>}
      <Card>
        <dl>
          <Fact name={t("sync.waiting")} value={t("sync.steps", { n: st.unsent })} />
          <Fact name={t("sync.photos")} value={open.length ? t("sync.photos_of", { n: open.length, all: photos.length }) : t("sync.photos_none")} />
          <Fact name={t("sync.attempt")} value={at(st.lastAttemptMs)} />
          <Fact name={t("sync.success")} value={at(st.lastSuccessMs)} />
          <Fact name={t("sync.agrees")} value={t(st.agrees ? "sync.agrees_yes" : "sync.agrees_no")} />
          <Fact name={t("sync.kept")} value={t("sync.steps", { n: st.kept })} />
          <Fact name={t("sync.clock")} value={Math.abs(st.offsetMs) < 60_000 ? t("sync.clock_right") : t(st.offsetMs > 0 ? "sync.clock_behind" : "sync.clock_ahead", { span: span(st.offsetMs) })} />
          <Fact name={t("sync.disk")} value={disk.quota ? t("sync.disk_of", { used: bytes(disk.usage), all: bytes(disk.quota) }) : t("unknown")} />
          <Fact name={t("sync.lasting")} value={t(disk.persisted ? "yes" : "sync.lasting_no")} />
          <Fact name={t("sync.version")} value={version} />
          <Fact name={t("sync.run")} value={st.epoch ? `${st.epoch} / ${st.commit}` : "–"} />
        </dl>
      </Card>
      {Math.abs(st.offsetMs) > 86_400_000 && <Note><p>{t("sync.clock_note")}</p></Note>}
      <Card title={t("sync.export")}>
        <p class="small">{t("sync.export_text")}</p>
        <Button icon="paper" onTap={() => saveQueue(p!)}>{t("sync.export_do")}</Button>
      </Card>
    </Screen>
  );
}
