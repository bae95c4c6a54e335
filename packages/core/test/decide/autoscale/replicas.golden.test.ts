import {
  combineProposals,
  defaultBehavior,
  type MeasuredPod,
  noHistory,
  proposeReplicas,
  type ReplicaSample,
  sampleReplicas,
  scaleReplicas
} from "@orrery/core"
import { expect, test } from "vitest"

const sample = (percent: number, count: number, given: Partial<ReplicaSample> = {}): ReplicaSample => ({
  ready: { count, usage: percent * count * 10, request: 1000 * count },
  missing: { count: 0, request: 0 },
  unready: { count: 0, request: 0 },
  ...given
})
const half = { type: "utilization", percent: 50 } as const

test("usage 90 of target 50 turns 3 into 6; usage 52 changes nothing", () => {
  expect(proposeReplicas(3, sample(90, 3), half)).toBe(6)
  expect(proposeReplicas(3, sample(52, 3), half)).toBe(3)
})

test("the tolerance belongs to what is tolerated: 45 and 55 of 50 keep, 44 and 56 do not", () => {
  expect([44, 45, 55, 56].map((percent) => proposeReplicas(10, sample(percent, 10), half))).toEqual([9, 10, 10, 12])
  expect(proposeReplicas(10, sample(56, 10), half, { up: 0.2, down: 0.1 })).toBe(10)
})

test("utilization is cut to a whole percent before it is divided", () => {
  const ready = { count: 1, usage: 559, request: 1000 }
  expect(proposeReplicas(1, { ...sample(0, 1), ready }, half)).toBe(1)
})

test("pods without a sample slow both directions down and never turn one round", () => {
  const missing = (count: number) => ({ missing: { count, request: 1000 * count } })
  // Down: three pods at 10 % and one taken to be at 100 %: 32 % of 50 on four pods is three.
  expect(proposeReplicas(4, sample(10, 3, missing(1)), half)).toBe(3)
  // Down turned round: one at 10 %, three taken to be at 100 %, is 77 %: nothing changes.
  expect(proposeReplicas(4, sample(10, 1, missing(3)), half)).toBe(4)
  // Up: three at 100 %, one taken to be idle, is 75 %.
  expect(proposeReplicas(4, sample(100, 3, missing(1)), half)).toBe(6)
  // Up turned round: one at 100 %, three idle, is 25 %.
  expect(proposeReplicas(4, sample(100, 1, missing(3)), half)).toBe(4)
  // A target above 100 % is what missing pods are taken to use.
  expect(proposeReplicas(2, sample(100, 1, missing(1)), { type: "utilization", percent: 200 })).toBe(2)
})

test("pods that are not ready hold back a scale-up only", () => {
  const unready = { unready: { count: 2, request: 2000 } }
  expect(proposeReplicas(4, sample(100, 2, unready), half)).toBe(4)
  expect(proposeReplicas(4, sample(20, 2, unready), half)).toBe(1)
})

test("a raw value is averaged over its pods", () => {
  const ready = { count: 2, usage: 301, request: 0 }
  expect(proposeReplicas(2, { ...sample(0, 2), ready }, { type: "averageValue", value: 100 })).toBe(3)
})

test("no sample at all, or nothing asked for, is no proposal; a metric that failed lets nothing go", () => {
  expect(proposeReplicas(3, sample(90, 0), half)).toBeUndefined()
  expect(proposeReplicas(3, { ...sample(90, 3), ready: { count: 3, usage: 9, request: 0 } }, half)).toBeUndefined()
  expect(combineProposals(3, [2, 5])).toBe(5)
  expect(combineProposals(3, [2, undefined])).toBe(3)
  expect(combineProposals(3, [5, undefined])).toBe(5)
  expect(combineProposals(3, [undefined])).toBe(3)
})

test("by default replicas go 1, 5, 10, 20, one step in 15 s", () => {
  let history = noHistory
  let current = 1
  const steps = [0, 1, 2, 3].map((step) => {
    const made = scaleReplicas({ current, wanted: 100, min: 1, max: 100, nowMs: step * 15_000 }, history)
    history = made.history
    current = made.replicas
    return current
  })
  expect(steps).toEqual([5, 10, 20, 40])
})

test("within one period no more comes than its rates allow", () => {
  const first = scaleReplicas({ current: 10, wanted: 100, min: 1, max: 100, nowMs: 0 }, noHistory)
  const second = scaleReplicas({ current: first.replicas, wanted: 100, min: 1, max: 100, nowMs: 14_999 }, first.history)
  expect([first.replicas, second.replicas]).toEqual([20, 20])
})

test("replicas go only when the most wanted in five minutes is less", () => {
  const first = scaleReplicas({ current: 10, wanted: 10, min: 1, max: 20, nowMs: 0 }, noHistory)
  const at = (nowMs: number) =>
    scaleReplicas({ current: 10, wanted: 2, min: 1, max: 20, nowMs }, first.history).replicas
  expect([at(15_000), at(299_999), at(300_000)]).toEqual([10, 10, 2])
})

test("rates limit the way down, round towards fewer, and can be switched off", () => {
  const rate = (select: "max" | "min" | "disabled") => ({
    ...defaultBehavior,
    down: {
      windowMs: 0,
      select,
      rates: [
        { type: "percent", value: 25, periodMs: 60_000 },
        { type: "pods", value: 1, periodMs: 60_000 }
      ] as const
    }
  })
  const down = (select: "max" | "min" | "disabled") =>
    scaleReplicas({ current: 10, wanted: 1, min: 1, max: 20, nowMs: 0 }, noHistory, rate(select)).replicas
  expect([down("max"), down("min"), down("disabled")]).toEqual([7, 9, 10])
})

test("a size out of bounds is brought back at once, and a target switched off stays off", () => {
  const at = (current: number) => scaleReplicas({ current, wanted: 5, min: 2, max: 8, nowMs: 0 }, noHistory).replicas
  expect([at(30), at(1), at(0)]).toEqual([8, 2, 0])
})

test("samples count once a pod has been ready for a whole window, or is past its start", () => {
  const pod: MeasuredPod = {
    phase: "running",
    isLeaving: false,
    request: 100,
    startedAtMs: 0,
    isReady: true,
    readyChangedAtMs: 10_000,
    sample: { usage: 50, atMs: 100_000, windowMs: 60_000 }
  }
  const counted = (given: Partial<MeasuredPod>, nowMs = 100_000) => {
    const { missing, ready, unready } = sampleReplicas([{ ...pod, ...given }], nowMs)
    return [ready.count, missing.count, unready.count]
  }
  expect(counted({})).toEqual([1, 0, 0])
  expect(counted({ readyChangedAtMs: 50_000 })).toEqual([0, 0, 1])
  expect(counted({ readyChangedAtMs: 50_000 }, 400_000)).toEqual([1, 0, 0])
  expect(counted({ isReady: false }, 400_000)).toEqual([0, 0, 1])
  // It was ready once, and is not any more: its sample counts.
  expect(counted({ isReady: false, readyChangedAtMs: 200_000 }, 400_000)).toEqual([1, 0, 0])
  expect(counted({ phase: "pending" })).toEqual([0, 0, 1])
  expect(counted({ sample: undefined })).toEqual([0, 1, 0])
  expect(counted({ isLeaving: true })).toEqual([0, 0, 0])
})
