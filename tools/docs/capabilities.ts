// Keeps README's table of backends true: `node tools/docs/capabilities.ts [--write]`. Without --write it only compares.
import { readFileSync, writeFileSync } from "node:fs"
import { type Capabilities, type Feature, features, type Support } from "@orrery/core"
import { capabilities as aws } from "@orrery/provider-aws"
import { capabilities as condor } from "@orrery/provider-condor"
import { capabilities as k8s } from "@orrery/provider-k8s"

const backends: ReadonlyArray<readonly [name: string, capabilities: Capabilities]> = [
  ["Kubernetes", k8s],
  ["HTCondor", condor],
  ["AWS EC2", aws]
]
const begin = "<!-- capabilities -->\n"
const end = "<!-- /capabilities -->"

const sign = (support: Support): string => ({ Native: "yes", Emulated: "by us", Absent: "–" })[support._tag]

/** One row per feature, one column per backend. */
const table = (): string => {
  const names = Object.keys(features) as ReadonlyArray<Feature>
  const rows = names.map(
    (feature) => `| ${features[feature]} | ${backends.map(([, offered]) => sign(offered[feature])).join(" | ")} |`
  )
  return [
    `| | ${backends.map(([name]) => name).join(" | ")} |`,
    `| --- |${backends.map(() => " --- |").join("")}`,
    ...rows
  ].join("\n")
}

const readme = readFileSync("README.md", "utf8")
const from = readme.indexOf(begin) + begin.length
const to = readme.indexOf(end)
const wanted = `${readme.slice(0, from)}\n${table()}\n\n${readme.slice(to)}`
if (wanted !== readme) {
  if (process.argv.includes("--write")) writeFileSync("README.md", wanted)
  else {
    console.error("README's table of backends is not what the code says: npm run docs:write")
    process.exitCode = 1
  }
}
