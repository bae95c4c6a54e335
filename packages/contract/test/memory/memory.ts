import { absent, type Capabilities, type Feature, features, native, type Support } from "@orrery/core"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { type Backend, type CheckFailed, shellCommands } from "../../src/index.ts"
import { memoryClusters } from "./clusters.ts"
import { memoryContainers } from "./deployments.ts"
import { memoryJobs } from "./jobs.ts"
import { strangers } from "./strangers.ts"

const limits = { nodesPerPoolMax: 100, replicasMax: 100, tasksPerJobMax: 100, nameLengthMax: 63 }
const no = absent("memory has none")

/** Native in all that the two lists do not name otherwise. */
export const capabilitiesBut = (changes: { readonly [F in Feature]?: Support }): Capabilities => {
  const all = Object.fromEntries(Object.keys(features).map((feature) => [feature, native])) as Record<Feature, Support>
  return { ...all, portForward: no, ...changes, limits }
}

/** The honest backend that the contract must accept, and that the broken ones are made of. */
export const memory = (capabilities: Capabilities = capabilitiesBut({})): Backend => ({
  name: "memory",
  services: {
    clusters: memoryClusters(capabilities),
    containers: memoryContainers(capabilities),
    jobs: memoryJobs(capabilities)
  },
  foreign: strangers,
  capabilities,
  exploration: { seed: 1, runs: 25 },
  pace: { settleMs: 5_000, pollMs: 50, timeoutMs: 60_000 },
  fixtures: {
    prefix: "memory",
    provider: "sim",
    instanceTypes: ["m1"],
    image: "busybox",
    otherNamespace: "other",
    requests: { cpuMilli: 100, memoryBytes: 2 ** 20, gpuMilli: 0 },
    commands: shellCommands,
    listed: 5
  }
})

/** Runs an effect to its end in virtual time. */
export const inVirtualTime = <A>(effect: Effect.Effect<A, CheckFailed>): Promise<A> =>
  Effect.gen(function* () {
    const running = yield* Effect.forkChild(effect)
    while (running.pollUnsafe() === undefined) yield* TestClock.adjust(25)
    return yield* Fiber.join(running)
  }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)
