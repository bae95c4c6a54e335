import { type DiffInput, diff, type Node, type Plan, type PlannedStep, templateOf } from "@orrery/core"
import { expect, test } from "vitest"
import { cluster, node, offering, pool } from "./given.ts"

const a = pool("a", { minSize: 1, maxSize: 5 })
const spec = cluster([a])
const template = templateOf(spec, a)
const current = (name: string, given: Partial<Node> = {}) => node(name, { template, ...given })
const old = (name: string, given: Partial<Node> = {}) => node(name, { template: "old", ...given })

const print = ({ deltaMicroUsdPerHour, disruption, reason, step }: PlannedStep): string =>
  [
    step.type,
    "machine" in step ? step.machine : "",
    `${deltaMicroUsdPerHour / 1000}`,
    disruption === "none" ? "" : `(${disruption})`,
    `- ${reason}`
  ]
    .filter((word) => word !== "")
    .join(" ")
const planned = (nodes: ReadonlyArray<Node>, size: number, given: Partial<DiffInput> = {}): Plan =>
  diff({
    goal: { spec, sizes: { a: size }, generation: 1, deleting: false },
    nodes,
    offerings: [offering()],
    nowMs: 0,
    ...given
  })
const steps = (...given: Parameters<typeof planned>): ReadonlyArray<string> => planned(...given).steps.map(print)

test("a new cluster gets its network, then its machines", () => {
  expect(steps([], 2)).toEqual([
    "createNetwork 0 - the first machine needs a network",
    "launch a-1 100 - a has 0 of 2 machines",
    "launch a-2 100 - a has 0 of 2 machines"
  ])
})

test("machines spread over the zones there are, and each launch says why it goes where it does", () => {
  const offerings = ["z1", "z2"].map((zone) => offering("small", { zone }))
  expect(steps([current("a-1")], 3, { offerings })).toEqual([
    "launch a-2 100 - a has 1 of 3 machines; zone z2 has the fewest",
    "launch a-3 100 - a has 1 of 3 machines; zone z1 has the fewest"
  ])
  const soldOut = new Set(["small on-demand in z2"])
  expect(steps([current("a-1")], 2, { offerings, soldOut })).toEqual([
    "launch a-2 100 - a has 1 of 2 machines; small on-demand in z2 is sold out"
  ])
  expect(steps([current("a-1"), current("a-2", { state: "lost" })], 2, { offerings })[0]).toBe(
    "launch a-3 100 - a-2 is lost; zone z2 has the fewest"
  )
})

test("of the surplus, machines of the fullest zone go first", () => {
  const nodes = ["z1", "z1", "z1", "z2", "z3"].map((zone, at) => current(`a-${at + 1}`, { zone }))
  expect(steps(nodes, 3).filter((step) => step.startsWith("terminate"))).toEqual([
    "terminate a-3 -100 - a needs only 3 machines",
    "terminate a-2 -100 - a needs only 3 machines"
  ])
})

test("what is as it should be needs no plan", () => {
  expect(
    planned([current("a-1"), current("a-2", { schedulable: false }), current("a-9", { state: "booting" })], 3)
  ).toEqual({
    cluster: "test",
    steps: [],
    deltaMicroUsdPerHour: 0,
    unmet: []
  })
})

test("missing machines take the lowest free numbers; a leaving one still has its own [T57]", () => {
  expect(steps([current("a-1", { state: "leaving" }), current("a-3")], 3)).toEqual([
    "launch a-2 100 - a has 1 of 3 machines",
    "launch a-4 100 - a has 1 of 3 machines"
  ])
})

test("surplus machines are emptied, then ended: the highest number first, before it one that does not serve", () => {
  const nodes = [current("a-1", { state: "booting" }), current("a-2"), current("a-10"), current("a-9")]
  expect(steps(nodes, 2)).toEqual([
    "terminate a-1 -100 - a needs only 2 machines",
    "drain a-10 0 (moves pods) - a needs only 2 machines",
    "terminate a-10 -100 - a needs only 2 machines"
  ])
})

test("sizes outside a pool's bounds count as the bounds", () => {
  expect(planned([current("a-1")], 0).steps).toEqual([])
  expect(planned([], 99).deltaMicroUsdPerHour).toBe(500_000)
})

test("a lost machine is replaced first and ended then [R5]", () => {
  expect(steps([current("a-1", { state: "lost" })], 1)).toEqual([
    "launch a-2 100 - a-1 is lost",
    "terminate a-1 -100 (kills pods) - a-1 is lost"
  ])
})

test("a machine that is being reclaimed is replaced, and emptied while there is time", () => {
  const { steps } = planned([current("a-1", { reclaimAtMs: 120_000 })], 1, { nowMs: 30_000 })
  expect(steps.map(({ step }) => step)).toEqual([
    { type: "launch", pool: "a", machine: "a-2", replaces: "a-1" },
    { type: "drain", pool: "a", machine: "a-1", deadlineMs: 90_000 },
    { type: "terminate", pool: "a", machine: "a-1", id: "id-a-1" }
  ])
})

test("a stopped machine that is wanted is started, one that is not goes at no gain", () => {
  expect(steps([current("a-1", { state: "stopped" })], 1)).toEqual(["start a-1 100 - a-1 is stopped, and a needs it"])
  expect(steps([current("a-1"), current("a-2", { state: "stopped" })], 1)).toEqual([
    "terminate a-2 0 - a needs only 1 machines"
  ])
})

const why = (name: string) => `${name} was made from an older description of its pool`

test("outdated machines are replaced one by one, a new one first, as the update policy says [R37 R38]", () => {
  const gentle = cluster([a], { update: { maxSurge: 1, maxUnavailable: 0 } })
  const goal = { spec: gentle, sizes: { a: 2 }, generation: 1, deleting: false }
  expect(steps([old("a-1"), old("a-2")], 2, { goal })).toEqual([
    `launch a-3 100 - ${why("a-2")}`,
    `drain a-2 0 (moves pods) - ${why("a-2")}`,
    `terminate a-2 -100 - ${why("a-2")}`,
    `launch a-4 100 - ${why("a-1")}`,
    `drain a-1 0 (moves pods) - ${why("a-1")}`,
    `terminate a-1 -100 - ${why("a-1")}`
  ])
})

test("a plan for now does not let an old machine go before its replacement is up", () => {
  const gentle = cluster([a], { update: { maxSurge: 1, maxUnavailable: 0 } })
  const given = { goal: { spec: gentle, sizes: { a: 1 }, generation: 1, deleting: false }, reach: "now" } as const
  const types = (nodes: ReadonlyArray<Node>) => planned(nodes, 1, given).steps.map(({ step }) => step.type)
  expect(types([old("a-1")])).toEqual(["launch"])
  expect(types([old("a-1"), current("a-2", { state: "booting" })])).toEqual([])
  expect(types([old("a-1"), current("a-2")])).toEqual(["drain", "terminate"])
})

test("without surge an old machine makes room for its replacement", () => {
  const tight = cluster([a], { update: { maxSurge: 0, maxUnavailable: 1 } })
  const goal = { spec: tight, sizes: { a: 1 }, generation: 1, deleting: false }
  expect(planned([old("a-1")], 1, { goal }).steps.map(({ step }) => step.type)).toEqual([
    "drain",
    "terminate",
    "launch"
  ])
})

test("where no machine can be had the plan says so, and keeps what would have been replaced", () => {
  const plan = planned([old("a-1"), current("a-2", { state: "lost" })], 2, { offerings: [] })
  expect(plan.steps).toEqual([])
  expect(plan.unmet).toEqual(["pool a needs 2 more machines, and none can be had: small: nobody offers small"])
})

test("every pool grows before any shrinks, and a pool nobody wants any more goes last", () => {
  const both = cluster([a, pool("b")])
  const goal = { spec: both, sizes: { a: 1, b: 1 }, generation: 1, deleting: false }
  const types = planned([current("a-1"), current("a-2"), node("c-1")], 1, { goal }).steps.map(({ step }) => step)
  expect(types.map((step) => `${step.type} ${"machine" in step ? step.machine : ""}`)).toEqual([
    "launch b-1",
    "drain a-2",
    "terminate a-2",
    "drain c-1",
    "terminate c-1"
  ])
})

test("nodes of other clusters and those that are gone are left alone", () => {
  expect(steps([current("a-1"), node("a-2", { cluster: "other" }), node("a-3", { state: "gone" })], 1)).toEqual([])
})

test("a cluster that is being deleted ends every machine, then its network and its goal", () => {
  const given = { goal: { spec, sizes: { a: 1 }, generation: 2, deleting: true } }
  expect(steps([current("a-2"), current("a-1", { state: "booting" })], 1, given)).toEqual([
    "terminate a-1 -100 - cluster test is being deleted",
    "terminate a-2 -100 (kills pods) - cluster test is being deleted",
    "removeNetwork 0 - cluster test is being deleted",
    "removeGoal 0 - cluster test is being deleted"
  ])
  expect(steps([current("a-1", { state: "leaving" })], 1, { ...given, reach: "now" })).toEqual([])
  expect(steps([], 1, { ...given, reach: "now" })).toHaveLength(2)
})
