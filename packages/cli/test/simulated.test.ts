import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { simulated } from "@orrery/simulator"
import { Layer } from "effect"
import { expect, it } from "vitest"
import { Backends } from "../src/backend/Backends.ts"
import { openSimulated } from "../src/backend/simulated.ts"
import { runCommand } from "./runCommand.ts"

const folder = mkdtempSync(join(tmpdir(), "compute-"))
const fleet = (replicas: number) => `compute:
  cluster:
    name: fleet
    provider: sim
    node_pools:
      - {name: general, instance_type: c5.xlarge, min_size: 2, max_size: 4}
deployments:
  - {name: web-app, image: "web-app:1.0", replicas: ${replicas}, port: 8080, resources: {requests: {cpu: 1, memory: 1Gi}}}
jobs:
  - {name: train, image: "train:1", completions: 2, resources: {requests: {cpu: 1}}}
  - {name: huge, image: "train:1", resources: {requests: {cpu: 64}}}
`

/** What a person sees who types these, one after another, into one simulated world. */
const transcript = async (seed: number, lines: ReadonlyArray<string>): Promise<string> => {
  const world = simulated({ seed })
  const backends = Layer.succeed(Backends, Backends.of({ open: () => openSimulated(world) }))
  const file = join(folder, "fleet.yaml")
  let text = ""
  for (const [index, line] of lines.entries()) {
    writeFileSync(file, fleet(index < 13 ? 3 : 4))
    const { code, err, out } = await runCommand(
      line.replace("FILE", file).split(" "),
      { COMPUTE_BACKEND: "sim" },
      backends
    )
    const printed = [out, err].filter((part) => part !== "").join("\n")
    text += `$ compute ${line}\n${printed}\n${code === 0 ? "" : `(exit ${code})\n`}\n`
  }
  return text
}

const session = [
  "plan -f FILE",
  "apply -f FILE",
  "apply -f FILE --dry-run",
  "apply -f FILE --yes",
  "apply -f FILE --yes",
  "get clusters",
  "get nodes -o wide",
  "get deployments -o wide",
  "get pods",
  "get jobs",
  "why job/huge",
  "top nodes",
  "top pods",
  "plan -f FILE",
  "apply -f FILE --yes",
  "get deployment/web-app",
  "scale deployment/web-app --replicas 2",
  "scale pool/general --replicas 3",
  "get clusters -o csv",
  "logs job/train",
  "logs deployment/web-app --tail 1",
  "describe job/huge",
  "get job/train -o name",
  "get job/train --watch",
  "get deployment/web-app -o yaml",
  "node cordon general-3",
  "node status general-3",
  "node uncordon general-3",
  "node drain general-3",
  "get node/nobody",
  "delete job/huge",
  "delete job/huge --yes",
  "delete -f FILE --yes",
  "get nodes",
  "get clusters -o json",
  "delete -f FILE --yes"
]

it("every verb, from nothing to nothing [D4 D9 D10 D14 D15 R148 R149 R150]", { timeout: 60_000 }, async () => {
  const text = await transcript(1, session)
  await expect(text).toMatchFileSnapshot("golden/simulated.txt")
  expect(await transcript(1, session)).toBe(text)
})
