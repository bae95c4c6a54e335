import { place, type TopologySpread } from "@orrery/core"
import { expect, it } from "vitest"
import { deployment, node, pod } from "./given.ts"

const zoneKey = "topology.kubernetes.io/zone"
const constraint: TopologySpread = {
  topologyKey: zoneKey,
  labelSelector: { matchLabels: { app: "web" }, matchExpressions: [] },
  maxSkew: 1,
  whenUnsatisfiable: "DoNotSchedule"
}
const spec = { ...deployment().template.spec, topologySpread: [constraint] }
const nodes = ["a", "b", "c"].map((zone) => node(`${zone}-1`, { zone }))
const web = (name: string, on?: string) =>
  pod(name, spec, { labels: { app: "web" }, state: "ready", ...(on === undefined ? {} : { node: on }) })
const placed = (there: ReadonlyArray<string>) =>
  place({ pod: { ...web("new"), state: "waiting" }, nodes, pods: there.map((on, index) => web(`web-${index}`, on)) })

it("pods go where the fewest are", () => {
  const found = placed(["a-1", "b-1"])
  expect(found._tag === "Success" && found.success.node).toBe("c-1")
  expect(found._tag === "Success" && found.success.refusals.map(({ candidate, code }) => [candidate, code])).toEqual([
    ["a-1", "topologySpread"],
    ["b-1", "topologySpread"]
  ])
})

it("a part where the pod cannot be does not count as the least", () => {
  const selecting = { ...web("new"), state: "waiting" as const, spec: { ...spec, nodeSelector: { [zoneKey]: "a" } } }
  const found = place({ pod: selecting, nodes, pods: [web("web-0", "a-1")] })
  expect(found._tag === "Success" && found.success.node).toBe("a-1")
})

it("a pod that would only rather be spread is placed anyway", () => {
  const anyway = { ...spec, topologySpread: [{ ...constraint, whenUnsatisfiable: "ScheduleAnyway" as const }] }
  const asks = { ...web("new"), state: "waiting" as const, spec: anyway }
  expect(place({ pod: asks, nodes: nodes.slice(0, 1), pods: [web("web-0", "a-1")] })._tag).toBe("Success")
})
