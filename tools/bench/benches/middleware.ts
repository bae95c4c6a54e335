/** What one call of a service costs more through guard, retry and observe than without. */
import { type Capabilities, type Feature, features, guard, native, observe, retry, Scheduler } from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import type { BenchResult } from "../main.ts"

const capabilities: Capabilities = {
  ...(Object.fromEntries(Object.keys(features).map((name) => [name, native])) as Record<Feature, typeof native>),
  limits: { nodesPerPoolMax: 1, replicasMax: 1, tasksPerJobMax: 1, nameLengthMax: 63 }
}
const nothing = Effect.undefined
const bare = Layer.succeed(Scheduler, {
  backend: "nothing",
  capabilities,
  submit: () => Effect.die("not measured"),
  get: () => Effect.die("not measured"),
  list: () => Stream.empty,
  cancel: () => nothing,
  hold: () => nothing,
  release: () => nothing,
  remove: () => nothing,
  logs: () => Stream.empty,
  watch: () => Stream.empty,
  why: () => Effect.succeed({ summary: "", refusals: [] }),
  capacity: Effect.succeed({ nodes: [] })
})

const callsPerRun = 20_000
const ref = { name: "train" }

/** Microseconds a call, the best of several runs: the rest is other people's load. */
const microsecondsPerCall = async (layer: Layer.Layer<Scheduler>): Promise<number> => {
  const program = Effect.gen(function* () {
    const scheduler = yield* Scheduler
    let best = Number.POSITIVE_INFINITY
    for (let run = 0; run < 8; run++) {
      const beganAtMs = performance.now()
      for (let call = 0; call < callsPerRun; call++) yield* scheduler.cancel(ref)
      best = Math.min(best, ((performance.now() - beganAtMs) * 1_000) / callsPerRun)
    }
    return best
  })
  return Effect.runPromise(Effect.provide(program, layer))
}

const goal = 20

export const run = async (): Promise<BenchResult> => {
  const without = await microsecondsPerCall(bare)
  const parts = { guard: guard(), retry: retry(), observe: observe() }
  const curve = [{ part: "bare", microseconds: Math.round(without * 100) / 100 }]
  for (const [part, around] of Object.entries(parts)) {
    const microseconds = (await microsecondsPerCall(around(bare))) - without
    curve.push({ part, microseconds: Math.round(microseconds * 100) / 100 })
  }
  const whole = await microsecondsPerCall(bare.pipe(parts.observe, parts.retry, parts.guard))
  const value = Math.round((whole - without) * 100) / 100
  return { value, unit: "us a call over the bare call", against: "goal: 20", ratio: goal / value, curve }
}
