import {
  type ClusterManager,
  type ClusterSpec,
  ClusterManager as Clusters,
  type ComputeError,
  clusterManagerFromMachines,
  defaultUpdatePolicy,
  type Job,
  Machines,
  type Middleware,
  middleware,
  retry,
  Scheduler,
  schedulerFromHosts
} from "@orrery/core"
import { Effect, Exit, Layer } from "effect"
import { expect, it, vi } from "vitest"
import { profiles } from "../../src/provider/profiles.ts"
import { type SimulatedBackend, simulated } from "../../src/provider/simulated.ts"
import { runVirtual } from "../../src/time/runVirtual.ts"
import { VirtualTime } from "../../src/time/VirtualTime.ts"

const callsMax = 400
const everyMs = 2_000

/** Ends the calling program at its nth call of a port, before the effect or after it. */
const dyingAt = (
  nth: number,
  when: "before" | "after"
): { readonly around: Middleware; readonly died: () => boolean } => {
  let calls = 0
  const around = middleware({
    effect: (_, __, call) =>
      Effect.suspend(() => {
        calls += 1
        if (calls !== nth) return call
        return when === "before" ? Effect.interrupt : Effect.andThen(call, Effect.interrupt)
      }),
    stream: (_, __, call) => call
  })
  return { around, died: () => calls >= nth }
}

/** A program of clusters and jobs in a process of its own, on a backend that stays. */
const inProcess = <A>(
  { ports }: SimulatedBackend,
  around: Middleware,
  program: Effect.Effect<A, ComputeError, ClusterManager | Machines | Scheduler>
): Effect.Effect<Exit.Exit<A, ComputeError>> => {
  const reached = ports.pipe(around, retry())
  const services = Layer.mergeAll(clusterManagerFromMachines({ everyMs }), schedulerFromHosts({ everyMs }))
  return Effect.exit(Effect.provide(program, Layer.provideMerge(services, reached)))
}

const spec: ClusterSpec = {
  name: "crash",
  provider: "sim",
  network: { subnets: [], securityGroups: [] },
  nodePools: [
    { name: "main", instanceTypes: ["c5.xlarge"], minSize: 2, maxSize: 4, labels: {}, taints: [], zones: [] },
    { name: "more", instanceTypes: ["m5.xlarge"], minSize: 1, maxSize: 2, labels: {}, taints: [], zones: [] }
  ],
  update: defaultUpdatePolicy,
  labels: {}
}

const job: Job = {
  name: "crash",
  namespace: "default",
  labels: {},
  completions: 3,
  parallelism: 3,
  retries: 0,
  held: false,
  pod: {
    containers: [
      {
        name: "main",
        image: "busybox",
        command: ["sh", "-c", "sleep 5; exit 0"],
        ports: [],
        resources: { requests: { cpuMilli: 100, memoryBytes: 2 ** 20, gpuMilli: 0 } },
        environment: [],
        mounts: []
      }
    ],
    initContainers: [],
    volumes: [],
    nodeSelector: {},
    tolerations: [],
    priority: 0,
    terminationGraceMs: 1_000
  }
}

// each of these runs a whole life many times over
vi.setConfig({ testTimeout: 60_000 })

const untouched: Middleware = (layer) => layer

const living = Machines.use(({ observe }) =>
  Effect.map(observe("crash"), (machines) =>
    machines.filter(({ state }) => state !== "terminated" && state !== "terminating")
  )
)

const jobIsOver = Scheduler.use((jobs) =>
  Effect.gen(function* () {
    while (true) {
      const { attempts, state } = yield* jobs.get(job)
      if (state !== "waiting" && state !== "running") return { state, attempts: attempts.length }
      yield* Effect.sleep(everyMs)
    }
  })
)

const create = Clusters.use((clusters) => clusters.createCluster(spec))
const remove = Clusters.use((clusters) => clusters.deleteCluster(spec.name))
const submit = Scheduler.use((jobs) => jobs.submit(job))

/** Runs `whole`, killed at its nth call, then again to its end, then looks; true while there is an nth call. */
const killedAndRunAgain = <A, B>(
  nth: number,
  when: "before" | "after",
  whole: Effect.Effect<A, ComputeError, ClusterManager | Machines | Scheduler>,
  look: Effect.Effect<B, ComputeError, ClusterManager | Machines | Scheduler>,
  earlier: Effect.Effect<unknown, ComputeError, ClusterManager | Machines | Scheduler> = Effect.void
) => {
  const time = new VirtualTime()
  const profile = { ...profiles.aws, standing: [{ instanceType: "c5.4xlarge", count: 2 }] }
  const backend = simulated({ profile, seed: nth, time })
  const dying = dyingAt(nth, when)
  const result = runVirtual(
    Effect.gen(function* () {
      yield* inProcess(backend, untouched, earlier)
      yield* inProcess(backend, dying.around, whole)
      return yield* inProcess(backend, untouched, Effect.andThen(whole, Effect.andThen(Effect.sleep(60_000), look)))
    }),
    { time }
  )
  if (result._tag !== "Done") throw new Error(result.message)
  const seen = Exit.isSuccess(result.exit) ? result.exit.value : result.exit
  return { died: dying.died(), seen, foreign: backend.foreign.intact().length === backend.foreign.names().length }
}

for (const when of ["before", "after"] as const) {
  it(`a process killed ${when} any call of createCluster and run again makes each machine once [R36]`, () => {
    const count = Effect.map(
      living,
      (machines) => new Set(machines.map(({ owner }) => owner.machine)).size * 10 + machines.length
    )
    let nth = 1
    for (; nth < callsMax; nth++) {
      const { died, foreign, seen } = killedAndRunAgain(nth, when, create, count)
      expect([nth, foreign, seen]).toEqual([nth, true, Exit.succeed(33)])
      if (!died) break
    }
    expect(nth).toBeGreaterThan(5)
    expect(nth).toBeLessThan(callsMax)
  })

  it(`a process killed ${when} any call of deleteCluster and run again leaves nothing [R116]`, () => {
    const left = Effect.gen(function* () {
      const { goals } = yield* Machines
      return { machines: (yield* living).length, goals: (yield* goals.list).length }
    })
    let nth = 1
    for (; nth < callsMax; nth++) {
      const { died, foreign, seen } = killedAndRunAgain(nth, when, remove, left, create)
      expect([nth, foreign, seen]).toEqual([nth, true, Exit.succeed({ machines: 0, goals: 0 })])
      if (!died) break
    }
    expect(nth).toBeGreaterThan(3)
    expect(nth).toBeLessThan(callsMax)
  })

  it(`a process killed ${when} any call of submit and run again runs each task once [T33]`, () => {
    let nth = 1
    for (; nth < callsMax; nth++) {
      const { died, foreign, seen } = killedAndRunAgain(nth, when, submit, jobIsOver)
      expect([nth, foreign, seen]).toEqual([nth, true, Exit.succeed({ state: "succeeded", attempts: 3 })])
      if (!died) break
    }
    expect(nth).toBeGreaterThan(3)
    expect(nth).toBeLessThan(callsMax)
  })
}
