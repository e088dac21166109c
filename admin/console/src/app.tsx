// The frame around all screens: who is in, the menu, and the screen itself.
import { useCell } from "@banso/kit/cell";
import { Icon } from "@banso/kit/icons";
import { learned } from "@banso/kit/kinds";
import { Sheet, Toasts } from "@banso/kit/pieces";
import { href, route } from "@banso/kit/router";
import { Component, type ComponentChildren, type ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { learnKinds } from "./core/kinds";
import { useLoad } from "./core/load";
import type { Me } from "./core/me";
import { gate, signOut } from "./core/session";
import { lang, t } from "./core/text";
import { type Screen, type ScreenProps, screensOf } from "./screens";
import { Prove } from "./screens/Prove";
import { SignIn } from "./screens/SignIn";
import { Empty, Failed, Loaded, Waiting } from "./ui/loaded";
import { Looks, Mark } from "./ui/looks";

export function App() {
  const at = useCell(gate);
  const l = useCell(lang);
  const me = "me" in at ? at.me : null;
  return (
    <div key={l} id="frame">
      {at.at === "start" && <Waiting />}
      {at.at === "trouble" && <main id="main"><Failed error={at.error} again={() => location.reload()} /></main>}
      {at.at === "out" && <SignIn />}
      {me && <Inside me={me} />}
      {at.at === "again" && <Sheet title={t("again.title")} onClose={() => undefined}><p>{t("again.text", { name: at.me.name })}</p><SignIn inside /></Sheet>}
      {at.at === "prove" && <Prove />}
      <Toasts whose={me?.person} />
    </div>
  );
}

function Inside({ me }: { me: Me }) {
  const { path, query } = useCell(route);
  const menu = screensOf(me);
  useCell(learned); // names of the province's own kinds
  useEffect(() => void learnKinds().catch(() => undefined), [me.person]); // without them a kind is called by its code
  const here = menu.find((s) => s.path === (path[0] ?? "")) ?? menu[0];
  useEffect(() => { // on a phone the menu is a line that scrolls
    document.querySelector(".menu [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [here]);
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>{t("skip")}</a>
      <header class="top">
        <a class="brand" href="#/"><Mark size={28} />{t("app.name")}</a>
        <p class="who">{me.name}</p>
        <Looks />
        <button type="button" class="button plain" onClick={() => void signOut()}>{t("sign_out")}</button>
      </header>
      <nav class="menu" aria-label={t("menu")}>
        {menu.map((s) => (
          <a key={s.path} href={href(s.path)} aria-current={s === here ? "page" : undefined}><Icon name={s.icon} /><span>{t(s.title)}</span></a>
        ))}
      </nav>
      {here ? <Opened key={here.path} screen={here} props={{ me, rest: path.slice(1), query }} /> : <main id="main"><Empty text={t("menu.none")} icon="lock" /></main>}
    </>
  );
}

function Opened({ screen, props }: { screen: Screen; props: ScreenProps }) {
  const found = useLoad(screen.load, [screen.path]);
  useEffect(() => {
    document.title = `${t(screen.title)} – ${t("app.name")}`;
  }, [screen]);
  return (
    <main id="main" tabIndex={-1} data-screen={screen.path}>
      <Caught>
        <Loaded of={found}>{({ default: Found }: { default: ComponentType<ScreenProps> }) => <Found {...props} />}</Loaded>
      </Caught>
    </main>
  );
}

/** Caught keeps a fault of one screen from taking the frame with it. */
class Caught extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: undefined as unknown };
  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override componentDidCatch(error: unknown): void {
    console.error(error);
  }
  render() {
    return this.state.error === undefined ? this.props.children : <Failed error={this.state.error} again={() => location.reload()} />;
  }
}
