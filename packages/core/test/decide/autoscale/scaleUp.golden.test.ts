import {
  afterFailure,
  beyondNodes,
  clusterAutoscalerDefaults,
  defaultPodPrices,
  type ExpandRules,
  type ExpansionOption,
  estimateNodes,
  expand,
  type GrowableGroup,
  isHealthy,
  priceScore,
  type ScaleUpInput,
  scaleUp
} from "@orrery/core"
import fc from "fast-check"
import { expect, test } from "vitest"

const gib = 2 ** 30
const amount = (cpuMilli: number, memoryGib: number, gpuMilli = 0) => ({
  cpuMilli,
  memoryBytes: memoryGib * gib,
  gpuMilli
})
const template = { allocatable: amount(4000, 16), podsMax: 110 }
const pods = (count: number, cpuMilli: number, memoryGib: number) => ({
  name: `${cpuMilli}`,
  request: amount(cpuMilli, memoryGib),
  count
})

test("the largest pods are packed first, and small ones fill what is left", () => {
  expect(estimateNodes([pods(2, 1000, 1), pods(2, 3000, 1)], template, 10)).toEqual({ nodes: 2, placed: [2, 2] })
})

test("pods that fit no empty node add one node to no purpose, and it is not counted", () => {
  expect(estimateNodes([pods(3, 5000, 1), pods(1, 1000, 1)], template, 10)).toEqual({ nodes: 1, placed: [0, 1] })
})

test("pods that keep apart get a node each, beside other pods", () => {
  const apart = { ...pods(3, 1000, 1), name: "apart", apart: true }
  expect(estimateNodes([pods(4, 1500, 1), apart], template, 10)).toEqual({ nodes: 3, placed: [4, 3] })
})

test("pods that a node has room for, or will have, bring no other", () => {
  const node = (cpuMilli: number, podCount = 0) => ({
    ...template,
    used: amount(cpuMilli, 0),
    pods: Array.from({ length: podCount }),
    name: `${cpuMilli}`
  })
  const beyond = (nodes: ReadonlyArray<ReturnType<typeof node>>, refused = "") =>
    beyondNodes([pods(3, 1500, 1), pods(2, 800, 1)], nodes, (_, { name }) => name !== refused).map(({ count }) => count)
  expect(beyond([])).toEqual([3, 2])
  expect(beyond([node(0)])).toEqual([1, 1])
  expect(beyond([node(2000), node(0)])).toEqual([1])
  expect(beyond([node(2000), node(0)], "0")).toEqual([2, 2])
  expect(beyond([node(0, 110)])).toEqual([3, 2])
  expect(beyond([node(0), node(1)])).toEqual([])
})

test("a node takes no more pods than it may, and no more nodes come than allowed", () => {
  expect(estimateNodes([pods(5, 10, 0)], { ...template, podsMax: 2 }, 10)).toEqual({ nodes: 3, placed: [5] })
  expect(estimateNodes([pods(50, 4000, 1)], template, 7)).toEqual({ nodes: 7, placed: [7] })
})

test("what is placed always fits the nodes estimated, and all that fits alone is placed", () => {
  const waiting = fc.array(
    fc.record({ cpuMilli: fc.integer({ min: 1, max: 6000 }), count: fc.integer({ min: 1, max: 20 }) }),
    { maxLength: 5 }
  )
  fc.assert(
    fc.property(waiting, (kinds) => {
      const groups = kinds.map(({ count, cpuMilli }) => pods(count, cpuMilli, 0))
      const { nodes, placed } = estimateNodes(groups, template, 1000)
      const used = placed.reduce((sum, count, index) => sum + count * (kinds[index]?.cpuMilli ?? 0), 0)
      expect(used).toBeLessThanOrEqual(nodes * 4000)
      kinds.forEach(({ count, cpuMilli }, index) => {
        expect(placed[index]).toBe(cpuMilli <= 4000 ? count : 0)
      })
    }),
    { seed: 7 }
  )
})

const option = (group: string, given: Partial<ExpansionOption> = {}): ExpansionOption => ({
  group,
  nodes: 1,
  pods: 1,
  requested: amount(1000, 1),
  allocatable: amount(4000, 16),
  ...given
})
const chosen = (options: ReadonlyArray<ExpansionOption>, rules: Partial<ExpandRules>) =>
  expand(options, { expanders: ["least-waste"], draw: 0, ...rules })?.group

test("the way to grow is drawn up to 1.32, and the least wasteful from 1.33 on", () => {
  const options = [option("large"), option("small", { allocatable: amount(2000, 4) })]
  const by = (minor: number, draw: number) =>
    chosen(options, { expanders: clusterAutoscalerDefaults(minor).expanders, draw })
  expect([by(32, 0), by(32, 1), by(32, 2)]).toEqual(["large", "small", "large"])
  expect([by(33, 0), by(33, 1), by(36, 2)]).toEqual(["small", "small", "small"])
})

test("each expander has its measure, and they are asked one after another", () => {
  const options = [option("a", { pods: 3, nodes: 2 }), option("b", { pods: 3, nodes: 1 }), option("c", { pods: 1 })]
  const ranks = [
    { priority: 1, pattern: "^a$" },
    { priority: 10, pattern: "c" },
    { priority: 5, pattern: "not there" }
  ]
  expect(chosen(options, { expanders: ["most-pods"], draw: 1 })).toBe("b")
  expect(chosen(options, { expanders: ["most-pods"], draw: 2 })).toBe("a")
  expect(chosen(options, { expanders: ["most-pods", "least-nodes"], draw: 1 })).toBe("b")
  expect(chosen(options, { expanders: ["least-nodes"], draw: 1 })).toBe("c")
  expect(chosen(options, { expanders: ["priority"], priorities: ranks })).toBe("c")
  expect(chosen(options.slice(0, 2), { expanders: ["priority"], priorities: ranks, draw: 1 })).toBe("a")
  // Where none is found, nothing is filtered.
  expect(chosen(options, { expanders: ["priority"], priorities: [], draw: 1 })).toBe("b")
  expect(chosen([], {})).toBeUndefined()
})

test("price weighs cost by what pods are worth, and by how the size of nodes suits the size of the cluster", () => {
  const small = option("small", { nodes: 4, allocatable: amount(1000, 4), microUsdPerHour: 50_000, pods: 4 })
  const large = option("large", { nodes: 1, allocatable: amount(4000, 16), microUsdPerHour: 200_000, pods: 4 })
  const by = (clusterNodes: number) => chosen([small, large], { expanders: ["price"], clusterNodes })
  // The same price: one core suits two nodes, four cores suit twenty.
  expect([by(2), by(20), by(60)]).toEqual(["small", "large", "large"])
  const dear = { ...large, microUsdPerHour: 2_000_000 }
  expect(chosen([small, dear], { expanders: ["price"], clusterNodes: 20 })).toBe("small")
  const gpu = { ...large, group: "gpu", allocatable: amount(4000, 16, 1000), microUsdPerHour: 1_000 }
  expect(chosen([gpu, dear], { expanders: ["price"], clusterNodes: 20 })).toBe("large")
})

test("an option's price score is the published formula's", () => {
  // Two nodes of 4 cores at 0.2 USD for 3 cores and 3 GiB, in a cluster of ten nodes, where 4 cores are liked best.
  const stable = 0.5 * 33_174 + (500 / 1024) * 4_446
  const fit = option("fit", { nodes: 2, requested: amount(3000, 3), microUsdPerHour: 200_000 })
  const expected = (400_000 + stable) / (3 * 33_174 + 3 * 4_446 + stable)
  expect(priceScore(fit, 10, defaultPodPrices)).toBeCloseTo(expected, 9)
  // Liked best are 8 cores: unfit by two, of which tanh(1/15) is forgiven.
  expect(priceScore(fit, 30, defaultPodPrices)).toBeCloseTo(expected * (1 - Math.tanh(1 / 15) + 1), 9)
})

test("a cluster with few nodes that are not ready goes on, by number or by share", () => {
  const options = clusterAutoscalerDefaults(36)
  const at = (unready: number, total: number) => isHealthy({ unready, total }, options)
  expect([at(3, 3), at(4, 8), at(4, 9), at(45, 100), at(46, 100)]).toEqual([true, false, true, true, false])
})

const group = (name: string, given: Partial<GrowableGroup> = {}): GrowableGroup => ({
  ...template,
  name,
  size: 0,
  max: 10,
  isBackingOff: false,
  ...given
})
const input = (given: Partial<ScaleUpInput>): ScaleUpInput => ({
  waiting: [pods(6, 2000, 1)],
  groups: [group("a")],
  mayRun: () => true,
  options: clusterAutoscalerDefaults(36),
  rules: { expanders: ["least-waste"], draw: 0 },
  cpuMilliTotal: 0,
  ...given
})

test("a group grows as estimated, within its own size and the cluster's cores", () => {
  expect(scaleUp(input({})).grow).toEqual({ group: "a", nodes: 3 })
  expect(scaleUp(input({ groups: [group("a", { size: 9 })] })).grow).toEqual({ group: "a", nodes: 1 })
  expect(scaleUp(input({ cpuMilliTotal: 319_992_000 })).grow).toEqual({ group: "a", nodes: 2 })
})

test("every group that cannot help says why", () => {
  const groups = [
    group("full", { size: 10 }),
    group("failed", { isBackingOff: true }),
    group("sick", { isUnhealthy: true }),
    group("other")
  ]
  const mayRun = (_: unknown, name: string) => name !== "other"
  expect(scaleUp(input({ groups, mayRun }))).toEqual({
    grow: undefined,
    refusals: [
      { group: "full", why: "has its 10 nodes already" },
      { group: "failed", why: "failed to grow a while ago" },
      { group: "sick", why: "has too many nodes that are not ready" },
      { group: "other", why: "would not take any of the pods" }
    ]
  })
})

test("a group that fails is left alone for 5 minutes, then twice as long up to 30, and is fine again after 3 hours", () => {
  const options = clusterAutoscalerDefaults(36)
  const minute = 60_000
  let backoff = afterFailure(undefined, 0, options)
  const durations = [backoff.durationMs / minute]
  for (const at of [5, 16, 40, 80]) {
    backoff = afterFailure(backoff, at * minute, options)
    durations.push(backoff.durationMs / minute)
  }
  expect(durations).toEqual([5, 10, 20, 30, 30])
  expect(afterFailure(backoff, 81 * minute, options)).toBe(backoff)
  expect(afterFailure(backoff, 80 * minute + options.groupBackoffResetMs + 1, options).durationMs).toBe(5 * minute)
})
