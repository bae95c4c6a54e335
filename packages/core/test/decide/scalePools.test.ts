import { type Node, type Pod, type ScaleInput, scalePools } from "@orrery/core"
import fc from "fast-check"
import { expect, test } from "vitest"
import { amount, cluster, node, offering, pod, podSpec, pool } from "./given.ts"

const delayMs = 600_000
const spec = cluster([pool("a", { minSize: 1, maxSize: 6 })], {
  autoScaling: { targetCpuUtilization: 80, maxNodes: 5 }
})
const scale = (size: number, pods: ReadonlyArray<Pod>, given: Partial<ScaleInput> = {}, nodes?: ReadonlyArray<Node>) =>
  scalePools({
    spec,
    sizes: { a: size },
    snapshot: {
      takenAtMs: 0,
      nodes: nodes ?? Array.from({ length: size }, (_, index) => node(`a-${index + 1}`)),
      pods
    },
    offerings: [offering()],
    nowMs: 0,
    memory: {},
    ...given
  })
const many = (count: number, cpu: number, given: Partial<Pod> = {}) =>
  Array.from({ length: count }, (_, index) => pod(`p-${index}`, podSpec(amount(cpu)), given))

test("pools grow for pods that wait, up to the cluster's most [R4 R30 T65]", () => {
  expect(scale(1, many(2, 4000), {}, [node("a-1")]).changes).toEqual([
    { pool: "a", from: 1, to: 2, reason: "pods that wait for room: 1" }
  ])
  expect(scale(1, many(20, 4000)).sizes).toEqual({ a: 5 })
})

test("pools grow toward the target [R31]", () => {
  expect(scale(1, many(1, 3600, { node: "a-1" })).changes).toEqual([
    { pool: "a", from: 1, to: 2, reason: "more than 80 % of its CPU is asked for" }
  ])
})

test("a pool shrinks only after the delay, to the most that was wanted meanwhile [R32 T66]", () => {
  const first = scale(4, many(2, 2400, { node: "a-1" }).slice(0, 1))
  expect([first.sizes, first.memory]).toEqual([{ a: 4 }, { a: { sinceMs: 0, most: 1 } }])
  const busier = scale(4, [...many(1, 3000, { node: "a-1" }), pod("q", podSpec(amount(3000)), { node: "a-2" })], {
    nowMs: 1,
    memory: first.memory
  })
  expect(busier.memory).toEqual({ a: { sinceMs: 0, most: 2 } })
  const last = scale(4, [], { nowMs: delayMs, memory: busier.memory })
  expect(last.changes).toEqual([{ pool: "a", from: 4, to: 2, reason: "2 machines have not been needed for 600 s" }])
  expect(last.memory).toEqual({})
})

test("a need in between starts the delay anew", () => {
  const { memory } = scale(2, many(2, 3000, { node: "a-1" }), { nowMs: 5, memory: { a: { sinceMs: 0, most: 1 } } })
  expect(memory).toEqual({})
})

test("a pod that nobody would start again keeps its machine", () => {
  const { owner: _, ...bare } = pod("bare", podSpec(amount(100)), { node: "a-2" })
  expect(scale(2, [bare], { nowMs: delayMs, memory: { a: { sinceMs: 0, most: 1 } } }).sizes).toEqual({ a: 2 })
})

test("without autoscaling sizes are only kept within bounds [R28]", () => {
  const still = cluster([pool("a", { minSize: 1, maxSize: 3 })])
  expect(scale(9, many(20, 4000), { spec: still }).changes).toEqual([
    { pool: "a", from: 9, to: 3, reason: "its size must be from 1 to 3" }
  ])
})

test("sizes keep all bounds, nothing shrinks before its delay, and what runs keeps its place", () => {
  const situation = fc.record({
    size: fc.integer({ min: 1, max: 5 }),
    cpus: fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 10 }),
    sinceMs: fc.option(fc.integer({ min: 0, max: 2 * delayMs }))
  })
  fc.assert(
    fc.property(situation, ({ cpus, sinceMs, size }) => {
      const pods = cpus.map((cpu, index) =>
        pod(`p-${index}`, podSpec(amount(cpu)), { node: `a-${(index % size) + 1}` })
      )
      const nowMs = 2 * delayMs
      const memory = sinceMs === null ? {} : { a: { sinceMs, most: 1 } }
      const to = scale(size, pods, { nowMs, memory }).sizes.a ?? 0
      expect(to).toBeGreaterThanOrEqual(1)
      expect(to).toBeLessThanOrEqual(5)
      if (sinceMs === null || nowMs - sinceMs < delayMs) expect(to).toBeGreaterThanOrEqual(size)
      if (to < size) expect(cpus.reduce((sum, cpu) => sum + cpu, 0)).toBeLessThanOrEqual(to * 4000)
    })
  )
})
