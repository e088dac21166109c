import { setSetting } from "../core/people";
import { type Lang, lang, setLang, t } from "../core/text";
import { Chips } from "./kit";

const names: Record<Lang, string> = { vi: "Tiếng Việt", en: "English" };

const choose = (l: Lang): void => {
  setLang(l);
  void setSetting("lang", l);
};

/** LangSwitch is the way to the other language where there is little room. */
export function LangSwitch() {
  const other = lang.get() === "vi" ? "en" : "vi";
  return <button type="button" class="chip" lang={other} onClick={() => choose(other)}>{names[other]}</button>;
}

/** LangChips chooses the language of the phone. */
export function LangChips() {
  return <Chips<Lang> label={t("lang")} options={(["vi", "en"] as const).map((value) => ({ value, text: names[value] }))} chosen={[lang.get()]} onChoose={choose} />;
}
