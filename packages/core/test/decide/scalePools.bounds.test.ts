import { type Pod, type ScaleMemory, scalePools } from "@orrery/core"
import { expect, test } from "vitest"
import { amount, cluster, node, offering, pod, podSpec, pool } from "./given.ts"

const minuteMs = 60_000
const scale = (
  size: number,
  pods: ReadonlyArray<Pod>,
  given: { readonly minNodes?: number; readonly nowMs?: number; readonly memory?: ScaleMemory } = {}
) => {
  const { memory = {}, minNodes = 0, nowMs = 0 } = given
  const spec = cluster([pool("a"), pool("b")], { autoScaling: { minNodes, scaleDownDelayMs: "2 days" } })
  const nodes = Array.from({ length: size }, (_, index) => node(`a-${index + 1}`))
  const snapshot = { takenAtMs: nowMs, nodes, pods }
  return scalePools({ spec, sizes: { a: size, b: 0 }, snapshot, offerings: [offering()], nowMs, memory })
}

test("a cluster that nobody uses keeps its fewest nodes, over all pools [R29]", () => {
  expect(scale(0, [], { minNodes: 2 }).changes).toEqual([
    { pool: "a", from: 0, to: 2, reason: "the cluster has at least 2 nodes" }
  ])
  const idle = { a: { sinceMs: 0, most: 0 } }
  expect(scale(3, [], { minNodes: 2, nowMs: 3 * 1440 * minuteMs, memory: idle }).sizes).toEqual({ a: 2, b: 0 })
})

test("one pod that lacks a small part of a machine brings a whole one [T68]", () => {
  expect(scale(0, [pod("p", podSpec(amount(1)))]).sizes).toEqual({ a: 1, b: 0 })
})

test("a delay of more than a day is counted whole, not by its last hours [T68]", () => {
  const idle = { a: { sinceMs: 0, most: 0 } }
  expect(scale(1, [], { nowMs: 1445 * minuteMs, memory: idle }).sizes).toEqual({ a: 1, b: 0 })
  expect(scale(1, [], { nowMs: 2880 * minuteMs, memory: idle }).sizes).toEqual({ a: 0, b: 0 })
})
