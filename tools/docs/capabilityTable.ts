import { type Capabilities, type Feature, features, type Support } from "@orrery/core"
import { capabilities as aws } from "@orrery/provider-aws"
import { capabilities as condor } from "@orrery/provider-condor"
import { capabilities as k8s } from "@orrery/provider-k8s"
import { profiles } from "@orrery/simulator"

const backends: ReadonlyArray<readonly [name: string, capabilities: Capabilities]> = [
  ["Kubernetes", k8s],
  ["HTCondor", condor],
  ["AWS EC2", aws],
  ["Simulator", profiles.ideal.capabilities]
]

const sign = (support: Support): string => ({ Native: "yes", Emulated: "by us", Absent: "–" })[support._tag]
const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

/** What each backend offers, one row a feature and one column a backend, as Markdown. */
export const capabilityTable = (): string =>
  [
    row(["", ...backends.map(([name]) => name)]),
    row(["---", ...backends.map(() => "---")]),
    ...(Object.keys(features) as ReadonlyArray<Feature>).map((feature) =>
      row([features[feature], ...backends.map(([, offered]) => sign(offered[feature]))])
    )
  ].join("\n")
