// Language, light or dark, and the product's sign.
import { IconButton } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { keep } from "../core/prefs";
import { lang, setLang, t } from "../core/text";

const names = { vi: "Tiếng Việt", en: "English" };
const looks = ["auto", "light", "dark"] as const;

export function Looks() {
  const other = lang.get() === "vi" ? "en" : "vi";
  const root = document.documentElement;
  const [look, setLook] = useState(root.dataset["look"] ?? "auto");
  const turn = (): void => {
    const next = looks[(looks.indexOf(look as "auto") + 1) % looks.length]!;
    root.dataset["look"] = next;
    keep("look", next);
    setLook(next);
  };
  return (
    <>
      <button type="button" class="button plain" lang={other} onClick={() => { setLang(other); keep("lang", other); }}>{names[other]}</button>
      <IconButton icon="look" label={t("look", { look: t(`look.${look as "auto"}`) })} onTap={turn} />
    </>
  );
}

/** Mark is the product's sign, the same file as the page's icon. */
export function Mark({ size }: { size: number }) {
  return <img src={document.querySelector<HTMLLinkElement>("link[rel=icon]")!.href} alt="" width={size} height={size} />;
}
