// What the person wants to hear, when and where. The server keeps it, for all
// phones of the person: without a network it can't be read or changed.
import { useEffect, useState } from "preact/hooks";
import { sentence } from "@banso/kit/api";
import { useCell } from "@banso/kit/cell";
import { type Group, type Prefs, type Ways, WishesForm, prefsPath, waysPath } from "@banso/kit/wishes";
import { useMe } from "../core/me";
import { phone } from "../core/phone";
import { authorized } from "../core/session";
import { t } from "../core/text";
import { Button, Card, Note } from "../ui/kit";
import { Screen } from "../ui/shell";

const groups: readonly Group[] = ["work", "reminder", "money", "security"];

export function Wishes() {
  const p = useCell(phone);
  const me = useMe();
  const [v, setV] = useState<{ prefs: Prefs; ways: Ways }>();
  const [error, setError] = useState<unknown>();
  const who = p?.who.id ?? "";
  const read = async (): Promise<void> => {
    setError(undefined);
    try {
      const [prefs, ways] = await Promise.all([authorized<Prefs>(who, "GET", prefsPath), authorized<Ways>(who, "GET", waysPath)]);
      setV({ prefs, ways });
    } catch (e) {
      setError(e);
    }
  };
  useEffect(() => {
    if (who) void read();
  }, [who]);
  return (
    <Screen title={t("wishes.title")} doors={false}>
      {error !== undefined && (
        <Note tone="wait">
          <p>{sentence(error)}</p>
          <Button icon="sync" onTap={read}>{t("again")}</Button>
        </Note>
      )}
      {!v && error === undefined && <p class="soft">{t("reading")}</p>}
      {v && me && (
        <Card title={t("set.news")}>
          <WishesForm was={v.prefs} ways={v.ways} groups={me.reviews.length > 0 ? ["office", ...groups] : groups} send={(wish) => authorized<Prefs>(who, "POST", prefsPath, wish)} />
        </Card>
      )}
    </Screen>
  );
}
