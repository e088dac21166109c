// Settings of this phone and this person.
import { useState } from "preact/hooks";
import { useCell } from "@banso/kit/cell";
import { readSetting, writeSetting } from "../core/drafts";
import { lock, others } from "../core/gate";
import { install as installer } from "../core/install";
import { signOut } from "../core/leaving";
import { useLive } from "../core/live";
import * as people from "../core/people";
import { type Phone, phone, touch } from "../core/phone";
import { dropPin, setPin, valid } from "../core/pin";
import { endPractice, startPractice } from "../core/practice";
import { allKept } from "../core/photos";
import { t } from "../core/text";
import { version } from "../core/version";
import { Button, Card, Chips, Field, Form, Note, Sheet, Toggle, toast } from "../ui/kit";
import { LangChips } from "../ui/lang";
import { PushCard } from "../ui/push";
import { go, href } from "@banso/kit/router";
import { Screen } from "../ui/shell";

const looks = ["auto", "light", "dark"] as const;
const sizes = ["normal", "large", "huge"] as const;

export function Settings() {
  const p = useCell(phone);
  const wifi = useLive((x) => readSetting(x, "wifi"));
  const [look, setLook] = useState(document.documentElement.dataset["look"] ?? "auto");
  const [size, setSize] = useState(document.documentElement.dataset["size"] ?? "normal");
  if (!p) return null;
  const set = (name: "look" | "size", value: string): void => {
    document.documentElement.dataset[name] = value;
    void people.setSetting(name, value);
    (name === "look" ? setLook : setSize)(value);
  };
  const practice = async (): Promise<void> => {
    await (p.practice ? endPractice(p) : startPractice(p));
    go("#/");
  };
  return (
    <Screen title={t("settings")} doors={false}>
      <Card title={t("lang")}><LangChips /></Card>
      <Card title={t("set.look")}>
        <Chips label={t("set.look")} options={looks.map((v) => ({ value: v, text: t(`look.${v}`) }))} chosen={[look as "auto"]} onChoose={(v) => set("look", v)} />
      </Card>
      <Card title={t("set.size")}>
        <Chips label={t("set.size")} options={sizes.map((v) => ({ value: v, text: t(`size.${v}`) }))} chosen={[size as "normal"]} onChoose={(v) => set("size", v)} />
      </Card>
      <Card title={t("set.photos")}>
        <Toggle label={t("set.wifi")} on={wifi === "1"} onChange={(on) => void writeSetting(p, "wifi", on ? "1" : "")} />
      </Card>
      <PushCard />
      <Card title={t("set.news")}>
        <Button icon="inbox" onTap={() => go(href("wishes"))}>{t("wishes.title")}</Button>
      </Card>
      <Install />
      <Card title={t("set.practice")}>
        <p class="small">{t("set.practice_text")}</p>
        <Button icon="star" onTap={practice}>{t(p.practice ? "set.practice_end" : "set.practice_start")}</Button>
        <Button icon="info" onTap={async () => { await writeSetting(p, "toured", ""); go("#/"); }}>{t("set.tour")}</Button>
      </Card>
      <Pin p={p} />
      <Card title={p.who.name || t("me")}>
        <Button icon="people" onTap={others}>{t("choose.other")}</Button>
        <SignOut p={p} />
      </Card>
      <p class="small">{t("set.about", { version })}</p>
    </Screen>
  );
}

function Install() {
  const ask = useCell(installer);
  if (matchMedia("(display-mode: standalone)").matches) return null;
  const apple = /iPhone|iPad/.test(navigator.userAgent);
  return (
    <Card title={t("set.install")}>
      <p class="small">{t(apple ? "set.install_apple" : "set.install_text")}</p>
      {ask && <Button icon="plus" onTap={() => ask.prompt()}>{t("set.install_do")}</Button>}
    </Card>
  );
}

function Pin({ p }: { p: Phone }) {
  const who = useLive(async () => (await people.person(p.who.id)) ?? null, [p.who.id]);
  const [asking, setAsking] = useState(false);
  const [pin, setText] = useState("");
  const [error, setError] = useState("");
  const save = async (): Promise<void> => {
    if (!valid(pin)) return setError(t("pin.form"));
    await setPin(p.who.id, pin);
    setAsking(false);
    setText("");
    touch();
    toast(t("pin.set_done"));
  };
  return (
    <Card title={t("pin.lock")}>
      <p class="small">{t("pin.text")}</p>
      <div class="row">
        <Button icon="lock" onTap={() => setAsking(true)}>{t(who?.pin ? "pin.change" : "pin.set")}</Button>
        {who?.pin && <Button onTap={() => lock(p.who.id)}>{t("pin.now")}</Button>}
        {who?.pin && <Button onTap={async () => { await dropPin(p.who.id); touch(); }}>{t("pin.drop")}</Button>}
      </div>
      {asking && (
        <Sheet title={t("pin.set")} onClose={() => setAsking(false)}>
          <Form onSubmit={save}>
            <Field label={t("pin.pin")} hint={t("pin.form")} error={error} value={pin} onInput={setText} type="password" mode="numeric" class="code" max={8} focus />
            <Button look="main" wide submits>{t("pin.set")}</Button>
          </Form>
        </Sheet>
      )}
    </Card>
  );
}

function SignOut({ p }: { p: Phone }) {
  const [asking, setAsking] = useState(false);
  const v = useLive(async (x) => ({ info: await x.ref.signOutInfo(), photos: (await allKept(x)).filter((k) => !k.stored).length }));
  if (!v) return null;
  const { info, photos } = v;
  const unsent = info.unsent > 0 || photos > 0;
  return (
    <>
      <Button look="danger" icon="lock" onTap={() => setAsking(true)}>{t("out.do")}</Button>
      {asking && (
        <Sheet title={t("out.title")} onClose={() => setAsking(false)}>
          {unsent ? <Note tone="bad"><p>{t("out.unsent", { n: info.unsent, photos })}</p></Note> : <Note tone="good"><p>{t("out.all_sent")}</p></Note>}
          {unsent && <Button look="main" wide icon="sync" onTap={() => p.ref.sync()}>{t("sync.now")}</Button>}
          <Button wide onTap={() => signOut(p, false)}>{t(unsent ? "out.keep" : "out.keep_sent")}</Button>
          {!unsent && <Button look="danger" wide icon="trash" onTap={() => signOut(p, true)}>{t("out.remove")}</Button>}
        </Sheet>
      )}
    </>
  );
}
