import { setSetting } from "../core/people";
import { type Lang, lang, setLang, t } from "../core/text";
import { Chips } from "./kit";

/** LangChips chooses the language of the phone. */
export function LangChips() {
  const choose = (l: Lang): void => {
    setLang(l);
    void setSetting("lang", l);
  };
  return <Chips<Lang> label={t("lang")} options={[{ value: "vi", text: "Tiếng Việt" }, { value: "en", text: "English" }]} chosen={[lang.get()]} onChoose={choose} />;
}
