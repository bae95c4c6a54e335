import { expect, test } from "vitest"
import { placeManifests } from "../../../src/engine/profiles/kube/index.ts"

const node = (name: string) => ({
  kind: "Node",
  metadata: { name },
  status: { allocatable: { cpu: "2", memory: "8Gi", pods: "110" } }
})
const pod = (name: string, priority: number, cpu: string, more: object = {}, metadata: object = {}) => ({
  kind: "Pod",
  metadata: { name, ...metadata },
  spec: { priority, containers: [{ name: "c", resources: { requests: { cpu } } }], ...more }
})
const waits = (name: string, priority: number, cpu: string, nominatedNodeName: string, more: object = {}) => ({
  ...pod(name, priority, cpu, more),
  status: { phase: "Pending", nominatedNodeName }
})
const place = (...items: ReadonlyArray<unknown>) => {
  const { placements, problems } = placeManifests([{ file: "cluster", text: JSON.stringify({ kind: "List", items }) }])
  expect(problems).toEqual([])
  return placements ?? []
}
test("a pod goes where room was made for it, though other nodes score better", () => {
  const [first] = place(node("n1"), node("n2"), pod("busy", 0, "1", { nodeName: "n2" }), waits("first", 5, "1", "n2"))
  expect([first?.node, first?.scores]).toEqual(["n2", {}])
})

test("room that a pod waits for is kept from those that are no more important", () => {
  const coming = waits("coming", 5, "2", "n1")
  const placed = (priority: number, kept = coming) => place(node("n1"), pod("other", priority, "1"), kept)[0]
  expect(placed(4)?.refused).toEqual({ n1: ["Insufficient cpu"] })
  expect(placed(5)?.node).toBeNull()
  expect(placed(6)?.node).toBe("n1")
  expect(placed(4, waits("coming", 5, "2", "n1", { schedulingGates: [{ name: "later" }] }))?.node).toBe("n1")
})

test("nobody makes room again for a pod for which others are leaving", () => {
  const leaving = {
    ...pod("leaving", 0, "2", { nodeName: "n1" }, { deletionTimestamp: "2026-01-01T00:00:00Z" }),
    status: { conditions: [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }] }
  }
  const [waiting] = place(node("n1"), leaving, waits("waiting", 5, "1", "n1"))
  expect(waiting?.message).toBe(
    "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node."
  )
  const [victim] = place(node("n1"), { ...leaving, status: {} }, waits("waiting", 5, "1", "n1"))
  expect(victim?.victims).toEqual(["default/leaving"])
})

test("while others leave, the real scheduler said so of each pod that came (recorded)", () => {
  const leaving = {
    ...pod("low", -5, "2", { nodeName: "n1" }, { deletionTimestamp: "2026-01-01T00:00:00Z" }),
    status: { conditions: [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }] }
  }
  const roomy = { ...node("n1"), status: { allocatable: { cpu: "3", memory: "8Gi", pods: "50" } } }
  const others = [pod("lower", 3, "1"), pod("same", 100, "1"), pod("higher", 1000, "1")]
  const placements = place(roomy, leaving, ...others, waits("coming", 100, "3", "n1"))
  const refused =
    "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Insufficient cpu."
  expect(placements.slice(0, 3).map((one) => one.message ?? one.node)).toEqual([refused, refused, "n1"])
})
