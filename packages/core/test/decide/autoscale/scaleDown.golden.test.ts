import {
  clusterAutoscalerDefaults,
  none,
  plus,
  type RelocatablePod,
  type RemovableNode,
  type ScaleDownInput,
  scaleDown,
  scaleDownMemory,
  utilizationPercent
} from "@orrery/core"
import { expect, test } from "vitest"

const minute = 60_000
const amount = (cpuMilli: number, gpuMilli = 0) => ({ cpuMilli, memoryBytes: 0, gpuMilli })
const pod = (cpuMilli: number, given: Partial<RelocatablePod> = {}): RelocatablePod => ({
  name: "p",
  kind: "web",
  request: amount(cpuMilli),
  belongsToNode: false,
  blocker: "",
  budget: undefined,
  ...given
})
const node = (
  name: string,
  pods: ReadonlyArray<RelocatablePod>,
  given: Partial<RemovableNode> = {}
): RemovableNode => ({
  name,
  group: "a",
  allocatable: amount(4000),
  podsMax: 110,
  used: pods.reduce((sum, one) => plus(sum, one.request), none),
  pods,
  isReady: true,
  ...given
})
const since = (names: ReadonlyArray<string>, atMs = 0) => ({
  ...scaleDownMemory,
  unneededSinceMs: new Map(names.map((name) => [name, atMs]))
})
const decide = (nodes: ReadonlyArray<RemovableNode>, given: Partial<ScaleDownInput> = {}) =>
  scaleDown({
    nodes,
    groups: new Map([["a", { size: nodes.length, min: 0 }]]),
    disruptionsLeft: new Map(),
    mayRun: () => true,
    deletingEmpty: 0,
    draining: 0,
    lastScaleUpMs: -60 * minute,
    lastDeleteMs: -60 * minute,
    lastFailureMs: -60 * minute,
    nowMs: 11 * minute,
    options: clusterAutoscalerDefaults(36),
    memory: since(nodes.map(({ name }) => name)),
    ...given
  })
const empties = (count: number) => Array.from({ length: count }, (_, index) => node(`n${index}`, []))

test("a node goes strictly after ten minutes without need", () => {
  expect(decide([node("n", [])], { nowMs: 10 * minute }).empty).toEqual([])
  expect(decide([node("n", [])], { nowMs: 10 * minute + 1 }).empty).toEqual(["n"])
})

test("a node that is not ready goes after twenty", () => {
  const unready = [node("n", [], { isReady: false })]
  expect(decide(unready, { nowMs: 20 * minute }).empty).toEqual([])
  expect(decide(unready, { nowMs: 20 * minute + 1 }).empty).toEqual(["n"])
})

test("nothing goes within ten minutes of a scale-up, three of a failure, a scan of a removal; time is counted all the same", () => {
  const at = (given: Partial<ScaleDownInput>) => decide([node("n", [])], given).empty.length
  expect([at({ lastScaleUpMs: minute + 1 }), at({ lastScaleUpMs: minute })]).toEqual([0, 1])
  expect([at({ lastFailureMs: 8 * minute + 1 }), at({ lastFailureMs: 8 * minute })]).toEqual([0, 1])
  expect([at({ lastDeleteMs: 11 * minute - 9_999 }), at({ lastDeleteMs: 11 * minute - 10_000 })]).toEqual([0, 1])
  const cooling = decide([node("n", [])], { lastScaleUpMs: 2 * minute, memory: scaleDownMemory })
  expect(cooling.memory.unneededSinceMs.get("n")).toBe(11 * minute)
  expect(cooling.kept.get("n")).toBe("a node was added not long ago")
})

test("ten empty nodes go at once, and one is emptied", () => {
  expect(decide(empties(12)).empty).toHaveLength(10)
  expect(decide(empties(12), { deletingEmpty: 4 }).empty).toHaveLength(6)
  const used = [node("full", []), ...["x", "y"].map((name) => node(name, [pod(100)]))]
  const { drain, empty } = decide([node("busy", [pod(3000)]), ...used], { memory: since(["x", "y"]) })
  expect([empty, drain]).toEqual([[], ["x"]])
  expect(decide(used, { memory: since(["x", "y"]), draining: 1 }).drain).toEqual([])
})

test("a group keeps its minimum, those that go at once counted", () => {
  expect(decide(empties(5), { groups: new Map([["a", { size: 5, min: 3 }]]) }).empty).toEqual(["n0", "n1"])
})

test("half used may go, more may not; GPUs alone count where there are some", () => {
  const other = node("other", [pod(2100)])
  const at = (cpuMilli: number) => decide([node("n", [pod(cpuMilli)]), other], { memory: since(["n"]) })
  expect(at(1800).drain).toEqual(["n"])
  expect(at(2001).kept.get("n")).toBe("is used by more than 50 %")
  expect(utilizationPercent(node("g", [pod(4000)], { allocatable: amount(4000, 2000) }))).toBe(0)
  expect(utilizationPercent(node("h", [pod(2000)]))).toBe(50)
})

test("a node stays where one of its pods fits nowhere else, and earlier removals count", () => {
  const two = [node("x", [pod(1500)]), node("y", [pod(1500)]), node("z", [pod(2100)])]
  const { kept, memory } = decide(two, { memory: scaleDownMemory })
  expect([...memory.unneededSinceMs.keys()]).toEqual(["x"])
  expect(kept.get("y")).toBe("no other node takes pod p")
  expect(decide([node("x", [pod(10)]), node("y", [])], { mayRun: () => false }).kept.get("x")).toBe(
    "no other node takes pod p"
  )
})

test("a pod that keeps apart moves to no node that has another of its kind", () => {
  const alone = pod(100, { apart: true })
  const large = pod(3000, { kind: "api" })
  const nodes = [node("n", [alone]), node("other", [alone, large]), node("free", [large])]
  expect(decide(nodes).drain).toEqual(["n"])
  expect(decide(nodes.slice(0, 2)).kept.get("n")).toBe("no other node takes pod p")
})

test("a node that could not be emptied is looked at again after five minutes", () => {
  const nodes = [node("n", [pod(100, { blocker: "has no owner" })]), node("busy", [pod(3000)])]
  const first = decide(nodes)
  expect(first.kept.get("n")).toBe("pod p has no owner")
  const again = (nowMs: number) =>
    decide([node("n", [pod(100)]), node("busy", [pod(3000)])], { nowMs, memory: first.memory })
  expect(again(16 * minute - 1).kept.get("n")).toBe("could not be emptied a while ago")
  expect(again(16 * minute).memory.unneededSinceMs.get("n")).toBe(16 * minute)
})

test("budgets are counted per node, and pods that belong to their node hold nothing up", () => {
  const guarded = pod(100, { budget: "web" })
  const nodes = [node("n", [guarded, guarded]), node("busy", [pod(3000)])]
  const left = (count: number) => decide(nodes, { disruptionsLeft: new Map([["web", count]]) })
  expect(left(1).kept.get("n")).toBe("budget web lets pod p not go")
  expect(left(2).drain).toEqual(["n"])
  expect(decide([node("d", [pod(100, { belongsToNode: true })])]).empty).toEqual(["d"])
})
