// What an officer wants to hear, and where: in his account.
import { Card } from "@banso/kit/pieces";
import { type Group, type Prefs, type Ways, WishesForm, prefsPath, waysPath } from "@banso/kit/wishes";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import { Loaded } from "../ui/loaded";
import { t } from "./text";

const groups: readonly Group[] = ["office", "work", "reminder", "money", "security", "operation"];

export function Wishes() {
  const both = useLoad(async () => ({ prefs: await get<Prefs>(prefsPath), ways: await get<Ways>(waysPath) }), []);
  return (
    <Card title={t("wishes.title")}>
      <Loaded of={both}>{({ prefs, ways }) => <WishesForm was={prefs} ways={ways} groups={groups} send={(p) => send<Prefs>("POST", prefsPath, p)} />}</Loaded>
    </Card>
  );
}
