// Three cards at the first start, and no more.
import { useState } from "preact/hooks";
import { readSetting, writeSetting } from "../core/drafts";
import { useLive } from "../core/live";
import { phone } from "../core/phone";
import { t } from "../core/text";
import { Icon, type IconName } from "@banso/kit/icons";
import { Button, Sheet } from "./kit";

const cards = [
  { icon: "plus", key: "one" },
  { icon: "off", key: "two" },
  { icon: "home", key: "three" },
] as const satisfies readonly { icon: IconName; key: string }[];

export function Tour() {
  const done = useLive((p) => readSetting(p, "toured"));
  const [at, setAt] = useState(0);
  const card = cards[at];
  if (done !== "" || !card) return null;
  const end = async (): Promise<void> => {
    setAt(0);
    await writeSetting(phone.get()!, "toured", "1");
  };
  return (
    <Sheet title={t(`tour.${card.key}`)} onClose={end}>
      <div class="row">
        <span class="tour"><Icon name={card.icon} /></span>
        <p class="grow">{t(`tour.${card.key}.text`)}</p>
      </div>
      <p class="small">{t("tour.of", { n: at + 1, all: cards.length })}</p>
      <Button look="main" wide onTap={() => (at + 1 < cards.length ? setAt(at + 1) : end())}>{t(at + 1 < cards.length ? "tour.next" : "tour.start")}</Button>
    </Sheet>
  );
}
