// What the province words and chooses itself.
import { hasRole } from "../core/me";
import type { ScreenProps } from "../screens";
import { Kinds } from "./Kinds";
import { Reasons } from "./Reasons";
import { Switches } from "./Switches";
import { t } from "./text";

export default function Settings({ me }: ScreenProps) {
  return (
    <>
      <h1>{t("title")}</h1>
      <Reasons keeps={hasRole(me, ["province_admin"])} />
      <Kinds today={me.today} keeps={hasRole(me, ["province_admin"])} />
      <Switches today={me.today} keeps={hasRole(me, ["province_admin"])} />
    </>
  );
}
