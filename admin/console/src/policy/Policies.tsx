// Support policies: which are there, what each says in plain words and where it
// comes from, and new versions, which two people publish.
import { Card, State, type Tone, toast } from "@banso/kit/pieces";
import { href } from "@banso/kit/router";
import { money, monthShort } from "@banso/kit/words";
import { useLoad } from "../core/load";
import { get } from "../core/server";
import { hasRole } from "../core/me";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { type File, type Proposal, type Stored, badges, current, words } from "./data";
import { Draft } from "./Draft";
import { Plainly } from "./Plainly";
import { Proposed } from "./Proposed";
import { t } from "./text";

const tones: Record<File["status"], Tone> = { in_force: "good", proposed: "wait", draft: "", expired: "", repealed: "" };

export default function Policies({ me, rest }: ScreenProps) {
  const files = useLoad(() => get<{ policies: Stored[] }>("/v1/policies"), []);
  const proposals = useLoad(() => get<{ proposals: Proposal[] }>("/v1/policies/proposals"), []);
  const admin = hasRole(me, ["province_admin"]);
  const again = async (): Promise<void> => {
    await Promise.all([files.again(), proposals.again()]);
  };
  const chosen = files.value?.policies.find((p) => p.id === rest[0]);
  if (chosen && rest[1] === "draft" && admin) {
    return <Draft of={chosen.file} today={me.today} done={async () => {
      toast(t("proposed.done"));
      location.hash = href("policies");
      await again();
    }} />;
  }
  if (chosen) return <Plainly of={chosen} admin={admin} />;
  return (
    <div class="month">
      <h1>{t("title")}</h1>
      <Proposed me={me} admin={admin} list={proposals.value?.proposals ?? []} again={again} />
      <Loaded of={files} empty={{ when: (v) => v.policies.length === 0, text: t("none"), icon: "paper" }}>
        {({ policies }) => <>{current(policies).map((p) => <One key={p.id} of={p} />)}</>}
      </Loaded>
    </div>
  );
}

function One({ of: { id, file: f } }: { of: Stored }) {
  return (
    <Card title={words(f.title)}>
      <div class="row">
        <State tone={tones[f.status]}>{t(`status.${f.status}`)}</State>
        <span class="grow">{f.instrument} · {span(f)}{f.rate_vnd ? ` · ${money(f.rate_vnd)}` : ""}</span>
      </div>
      <p class="row">{badges(f).map(([o, n]) => <span key={o} class="small"><span class="badge" title={t(`origin.${o as "S"}`)}>{o}</span> {t("rules", { n })}</span>)}</p>
      <p><a href={href("policies", id)}>{t("open", { version: f.version })}</a></p>
    </Card>
  );
}

/** span is the months of a policy; what its source does not give is said. */
export function span(f: File): string {
  const edge = (m?: string): string => (m ? monthShort(m) : t("unknown"));
  return f.from || f.to ? `${edge(f.from)} – ${edge(f.to)}` : t("no_months");
}
