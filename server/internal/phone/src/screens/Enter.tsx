// Getting in: a code by link, by camera or typed; a login for officers.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, sentence } from "@banso/kit/api";
import { useCell } from "@banso/kit/cell";
import { choose, gate, letIn } from "../core/gate";
import { wiped } from "../core/leaving";
import { type Person, people } from "../core/people";
import { activate, signIn } from "../core/session";
import { t } from "../core/text";
import { Bar, Button, Field, Form, Note } from "../ui/kit";
import { LangSwitch } from "../ui/lang";

/** codeIn finds a code in what was scanned or pasted: bare, or in our link. "" if there is none. */
export function codeIn(text: string): string {
  const m = /#\/vao\/([^/?\s]+)/.exec(text);
  const code = (m ? decodeURIComponent(m[1]!) : text).toUpperCase().replace(/[^0-9A-Z]/g, "");
  return code.length === 10 ? `${code.slice(0, 5)}-${code.slice(5)}` : "";
}

export function Enter({ code: given, again }: { code: string; again?: Person | undefined }) {
  const [way, setWay] = useState<"code" | "login">("code");
  const [back, setBack] = useState<Person[]>([]);
  useEffect(() => void people().then((list) => setBack(list.filter((p) => p.over !== "out"))), []);
  useEffect(() => void (given && setWay("code")), [given]);
  return (
    <>
      <Bar title={t("app.name")} home>
        <LangSwitch />
      </Bar>
      <main id="main">
        <div>
          <p class="huge">{t("enter.hello")}</p>
          <p class="soft">{t("enter.what")}</p>
        </div>
        {useCell(wiped) && <Note tone="bad"><p>{t("wiped")}</p></Note>}
        {again && <Note tone="wait"><p>{t("enter.again", { name: again.name || t("somebody") })}</p></Note>}
        {way === "code" ? <ByCode key={given} given={given} /> : <ByLogin />}
        <Button wide onTap={() => setWay(way === "code" ? "login" : "code")}>{t(way === "code" ? "enter.officer" : "enter.member")}</Button>
        {back.length > 0 && <Button wide onTap={() => gate.set({ at: "choose", people: back })}>{t("enter.back")}</Button>}
      </main>
    </>
  );
}

function ByCode({ given }: { given: string }) {
  const [code, setCode] = useState(given);
  const [error, setError] = useState("");
  const [officer, setOfficer] = useState(false);
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [second, setSecond] = useState("");
  const [asked, setAsked] = useState(false);
  const [scan, setScan] = useState(false);
  const enter = async (): Promise<void> => {
    const typed = codeIn(code);
    if (!typed) return setError(t("enter.no_code"));
    try {
      await letIn(await activate(typed, officer ? login.trim() : "", password, second.trim()));
    } catch (e) {
      if (e instanceof ApiError && e.field === "login") setOfficer(true); // officers choose a login with their code
      if (e instanceof ApiError && e.code === "second_factor_required") setAsked(true); // a code alone doesn't pass it
      setError(sentence(e));
    }
  };
  return (
    <Form class="card" onSubmit={enter}>
      <Field label={t("enter.code")} hint={t("enter.code_hint")} error={error} value={code} onInput={(v) => { setCode(v); setError(""); }} class="code" max={200} focus={!given} />
      {officer && (
        <>
          <Field label={t("enter.new_login")} value={login} onInput={setLogin} auto="username" />
          <Field label={t("enter.new_password")} hint={t("enter.new_password_hint")} value={password} onInput={setPassword} type="password" auto="new-password" />
        </>
      )}
      {asked && <Field label={t("enter.second")} value={second} onInput={setSecond} auto="one-time-code" />}
      <Button look="main" wide submits>{t("enter.go")}</Button>
      {"BarcodeDetector" in window && !scan && <Button wide icon="qr" onTap={() => setScan(true)}>{t("enter.scan")}</Button>}
      {scan && <Scanner onFound={(text) => {
        setScan(false);
        const found = codeIn(text);
        if (found) setCode(found);
        setError(found ? "" : t("enter.not_our_qr"));
      }} onTrouble={(text) => { setScan(false); setError(text); }} />}
    </Form>
  );
}

function ByLogin() {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [second, setSecond] = useState("");
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState("");
  const enter = async (): Promise<void> => {
    try {
      await letIn(await signIn(login.trim(), password, second.trim()));
    } catch (e) {
      if (e instanceof ApiError && e.code === "second_factor_required") setAsked(true);
      setError(sentence(e));
    }
  };
  return (
    <Form class="card" onSubmit={enter}>
      <Field label={t("enter.login")} value={login} onInput={setLogin} auto="username" focus />
      <Field label={t("enter.password")} value={password} onInput={setPassword} type="password" auto="current-password" error={asked ? "" : error} />
      {asked && <Field label={t("enter.second")} value={second} onInput={setSecond} mode="numeric" auto="one-time-code" error={error} />}
      <Button look="main" wide submits>{t("enter.go")}</Button>
    </Form>
  );
}

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

/** Scanner looks for a QR code with the camera; typing always works too. */
function Scanner({ onFound, onTrouble }: { onFound: (text: string) => void; onTrouble: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    let alive = true;
    let stream: MediaStream | undefined;
    const run = async (): Promise<void> => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const box = video.current;
      if (!alive || !box) return;
      box.srcObject = stream;
      await box.play();
      const Ctor = (window as unknown as { BarcodeDetector: new (o: object) => Detector }).BarcodeDetector;
      const detector = new Ctor({ formats: ["qr_code"] });
      while (alive) {
        const found = (await detector.detect(box).catch(() => []))[0];
        if (found && alive) return onFound(found.rawValue);
        await new Promise((r) => setTimeout(r, 200));
      }
    };
    run().catch((e: Error) => alive && onTrouble(t(e.name === "NotAllowedError" ? "enter.camera_denied" : "enter.no_camera"))).finally(() => stream?.getTracks().forEach((x) => x.stop()));
    return () => {
      alive = false;
      stream?.getTracks().forEach((x) => x.stop());
    };
  }, []);
  return <video ref={video} muted playsInline aria-label={t("enter.scan")} />;
}

/** Choose lists who uses this phone. */
export function Choose({ people: list }: { people: Person[] }) {
  return (
    <>
      <Bar title={t("choose.title")} home>
        <LangSwitch />
      </Bar>
      <main id="main">
        <ul class="list">
          {list.map((p) => (
            <li key={p.id}>
              <button type="button" class="item" onClick={() => void (p.over === "out" || p.over === "end" ? gate.set({ at: "enter", code: "", again: p }) : choose(p))}>
                <span class="text">
                  <span>{p.name || t("somebody")}</span>
                  {p.over && <span class="small">{t("choose.out")}</span>}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <p class="small">{t("choose.apart")}</p>
        <Button icon="plus" wide onTap={() => gate.set({ at: "enter", code: "" })}>{t("choose.more")}</Button>
      </main>
    </>
  );
}
