import {
  afterFailure,
  beyondNodes,
  clusterAutoscalerDefaults,
  type ExpandRules,
  type ExpansionOption,
  estimateNodes,
  expand,
  type GrowableGroup,
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
  expect(chosen(options, { expanders: ["most-pods"], draw: 1 })).toBe("b")
  expect(chosen(options, { expanders: ["most-pods"], draw: 2 })).toBe("a")
  expect(chosen(options, { expanders: ["most-pods", "least-nodes"], draw: 1 })).toBe("b")
  expect(chosen(options, { expanders: ["least-nodes"], draw: 1 })).toBe("c")
  expect(chosen(options, { expanders: ["priority"], priorities: { a: 1, c: 10 } })).toBe("c")
  expect(chosen([], {})).toBeUndefined()
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
  const groups = [group("full", { size: 10 }), group("failed", { isBackingOff: true }), group("other")]
  const mayRun = (_: unknown, name: string) => name !== "other"
  expect(scaleUp(input({ groups, mayRun }))).toEqual({
    grow: undefined,
    refusals: [
      { group: "full", why: "has its 10 nodes already" },
      { group: "failed", why: "failed to grow a while ago" },
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
