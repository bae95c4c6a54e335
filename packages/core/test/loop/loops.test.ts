import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import {
  apply,
  autoscale,
  because,
  ClusterManager,
  type ControlOptions,
  clusterManagerFromMachines,
  control,
  controlRound,
  type Plan,
  type Pod,
  type Progress,
  type Round,
  type Step,
  Unavailable
} from "../../src/index.ts"
import { clusterSpec } from "../derive/clusterSpec.ts"
import { Cloud, memoryMachines } from "../derive/MemoryMachines.ts"
import { succeeds } from "../derive/timely.ts"
import { deployment } from "../derive/workloads.ts"

const down = because(new Unavailable({ backend: "toy", operation: "look", detail: "down" }))

describe("control", () => {
  const options = (acts: Array<number>, over: Partial<ControlOptions<number, number>> = {}) => ({
    name: "toy",
    everyMs: 10_000,
    observe: Effect.map(Clock.currentTimeMillis, (takenAtMs) => ({ takenAtMs, seen: 1 })),
    decide: (seen: number) => seen,
    act: () => Effect.map(Clock.currentTimeMillis, (nowMs) => void acts.push(nowMs)),
    ...over
  })
  it.effect("never acts on a failed or stale read", () =>
    Effect.gen(function* () {
      const acts: Array<number> = []
      yield* TestClock.adjust("1 hour")
      const blind = yield* controlRound(options(acts, { observe: Effect.fail(down) }))
      const stale = yield* controlRound(options(acts, { observe: Effect.succeed({ takenAtMs: 0, seen: 1 }) }))
      assert.deepStrictEqual([blind.type, stale.type, acts], ["blind", "stale", []])
      assert.strictEqual((yield* controlRound(options(acts))).type, "acted")
    })
  )
  it.effect("keeps one pace, leaves out what a long round covers, gives up one that never ends, and goes on", () =>
    Effect.gen(function* () {
      const acts: Array<number> = []
      const rounds: Array<Round> = []
      const lengths = [0, 25_000, 0, Number.POSITIVE_INFINITY, 0]
      const loop = yield* Effect.forkChild(
        control(
          options(acts, {
            roundMsMax: 60_000,
            onRound: (round) => Effect.sync(() => rounds.push(round)),
            act: () =>
              Effect.flatMap(Clock.currentTimeMillis, (nowMs) => {
                acts.push(nowMs)
                const length = lengths.shift() ?? 0
                return Number.isFinite(length) ? Effect.sleep(length) : Effect.never
              })
          })
        )
      )
      for (let second = 0; second < 150; second++) yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(loop)
      assert.deepStrictEqual(acts.slice(0, 5), [10_000, 20_000, 50_000, 60_000, 130_000])
      assert.strictEqual(rounds[3]?.type, "failed")
    })
  )
})

const planOf = (steps: ReadonlyArray<Step>): Plan => ({
  cluster: "web",
  unmet: [],
  deltaMicroUsdPerHour: 0,
  steps: steps.map((step) => ({ step, reason: "", deltaMicroUsdPerHour: 0, disruption: "none" }))
})

describe("apply", () => {
  it.effect("goes in order, tells how far it is, and stops at the first surprise", () =>
    Effect.gen(function* () {
      const done: Array<string> = []
      const told: Array<string> = []
      const plan = planOf([
        { type: "createNetwork" },
        { type: "cordon", pool: "a", machine: "a-1" },
        { type: "terminate", pool: "a", machine: "a-1", id: "i-1" }
      ])
      const error = yield* Effect.flip(
        apply(plan, {
          perform: ({ step }) =>
            step.type === "cordon" ? Effect.fail(down) : Effect.sync(() => void done.push(step.type)),
          onProgress: ({ index, type }: Progress) => Effect.sync(() => void told.push(`${index} ${type}`))
        })
      )
      assert.strictEqual(error, down)
      assert.deepStrictEqual(done, ["createNetwork"])
      assert.deepStrictEqual(told, ["0 started", "0 done", "1 started", "1 failed"])
    })
  )
  it.effect("launches side by side, as many as may", () =>
    Effect.gen(function* () {
      const plan = planOf(
        Array.from({ length: 6 }, (_, index) => ({ type: "launch", pool: "a", machine: `a-${index}` }))
      )
      const work = apply(plan, { concurrentMax: 3, perform: () => Effect.sleep("10 seconds") })
      const tookMs = yield* succeeds(
        Effect.gen(function* () {
          const beganAtMs = yield* Clock.currentTimeMillis
          yield* work
          return (yield* Clock.currentTimeMillis) - beganAtMs
        })
      )
      assert.strictEqual(tookMs, 20_000)
    })
  )
})

describe("autoscale", () => {
  it.effect("grows for pods that wait and shrinks once they are gone for long enough [R4 R28]", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      const spec = clusterSpec({ autoScaling: { scaleDownDelayMs: "10m" } }, { minSize: 1, maxSize: 6 })
      let pods: ReadonlyArray<Pod> = []
      const program = Effect.gen(function* () {
        const clusters = yield* ClusterManager
        yield* clusters.createCluster(spec)
        return yield* autoscale({
          clusters,
          cluster: "web",
          pods: Effect.sync(() => pods),
          offerings: Effect.sync(() => cloud.offerings)
        })
      }).pipe(Effect.provide(clusterManagerFromMachines().pipe(Layer.provide(memoryMachines(cloud)))))
      const loop = yield* Effect.forkChild(program)
      const pass = (minutes: number) =>
        Effect.forEach(Array.from({ length: minutes * 12 }), () => TestClock.adjust("5 seconds"), { discard: true })
      yield* pass(3)
      assert.strictEqual(cloud.running("web").length, 1)
      pods = Array.from({ length: 16 }, (_, index) => ({
        name: `p-${index}`,
        namespace: "default",
        labels: {},
        spec: deployment().template.spec,
        state: "waiting" as const,
        owner: { kind: "deployment" as const, name: "web" },
        createdAtMs: 0
      }))
      yield* pass(5)
      assert.isAtLeast(cloud.running("web").length, 4)
      pods = []
      yield* pass(5)
      assert.isAtLeast(cloud.running("web").length, 4)
      yield* pass(30)
      assert.strictEqual(cloud.running("web").length, 1)
      yield* Fiber.interrupt(loop)
    })
  )
})
