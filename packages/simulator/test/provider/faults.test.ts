import {
  ClusterManager,
  type ComputeError,
  ContainerManager,
  Hosts,
  type Machine,
  Machines,
  type NodePool,
  production,
  Scheduler
} from "@orrery/core"
import { Effect, Exit, Layer, Result, Stream } from "effect"
import { assert, describe, it } from "vitest"
import { badDay, type CallFaults, type FaultPlan, quiet } from "../../src/provider/FaultPlan.ts"
import { aws, k8s } from "../../src/provider/profiles.ts"
import { type ServiceOptions, type SimulatedBackend, simulated } from "../../src/provider/simulated.ts"
import { runVirtual } from "../../src/time/runVirtual.ts"
import { clusterSpec, deploymentSpec, jobSpec, podSpec } from "./specs.ts"

type Everything = ClusterManager | ContainerManager | Scheduler | Machines | Hosts

/** A fleet that is rented and two hosts that stand, lists of two, and faults that come thrice in a row, then rest. */
const profile = { ...aws, pageSize: 2, standing: [{ instanceType: "c5.4xlarge", count: 2 }] }
const plentiful = { ...badDay.budget, burstMax: 3, calmMs: 300_000 }

const run = <A>(
  backend: SimulatedBackend,
  program: Effect.Effect<A, ComputeError, Everything>,
  options: ServiceOptions = {}
) => {
  const layer = backend.services(options).pipe(production(), Layer.merge(backend.ports))
  const { time, streams } = backend.world
  const result = runVirtual(program.pipe(Effect.provide(layer)), { time, streams, stepsMax: 10_000_000 })
  if (result._tag !== "Done") throw new Error(result.message)
  return result.exit
}

const living = Machines.use(({ observe }) =>
  Effect.map(observe(clusterSpec.name), (machines) =>
    machines.filter(({ state }) => state !== "terminated" && state !== "terminating")
  )
)
const create = ClusterManager.use((clusters) => clusters.createCluster(clusterSpec))

/** Prints a line now and then, for longer than a silent stream is listened to. */
const script = Array.from({ length: 8 }, (_, index) => `echo ${index}; sleep 20`).join("; ")
const printing = { ...jobSpec, name: "print", pod: podSpec(["sh", "-c", script]) }

const life = Effect.gen(function* () {
  const clusters = yield* ClusterManager
  const containers = yield* ContainerManager
  const jobs = yield* Scheduler
  const before = (yield* create).nodes.length
  yield* containers.createDeployment(deploymentSpec)
  yield* jobs.submit(jobSpec)
  yield* jobs.submit(printing)
  yield* Stream.runDrain(Stream.takeUntil(jobs.watch(printing), ({ job }) => job.startedAtMs !== undefined))
  const [ended, lines] = yield* Effect.all(
    [Stream.runLast(jobs.watch(jobSpec)), Stream.runCollect(jobs.logs(printing, { follow: true }))],
    { concurrency: "unbounded" }
  )
  yield* containers.deleteDeployment(deploymentSpec)
  yield* clusters.deleteCluster(clusterSpec.name)
  const told = lines.map(({ text }) => text).join(" ")
  return { before, told, ended: ended._tag === "Some" ? ended.value.job.state : "", left: yield* living }
})

const whole = { before: 3, told: "0 1 2 3 4 5 6 7", ended: "succeeded", left: [] as Array<Machine> }

describe("one kind of fault alone", () => {
  for (const fault of Object.keys(quiet.call) as ReadonlyArray<keyof CallFaults>)
    it(`${fault} happens, and a whole life survives it`, () => {
      let happened = 0
      for (const seed of [1, 2, 3]) {
        const faults: FaultPlan = { ...quiet, call: { ...quiet.call, [fault]: 1000 }, budget: plentiful }
        const backend = simulated({ profile, seed, faults })
        const exit = run(backend, life)
        assert.deepStrictEqual(exit, Exit.succeed(whole))
        happened += backend.world.dice.counts.get(fault) ?? 0
      }
      assert.isAbove(happened, 0)
    })

  it("credentials run out in the middle, are renewed, and nobody notices", () => {
    let trace = ""
    const faults = { ...quiet, world: { ...quiet.world, credentialsMsMax: 5_000 } }
    const backend = simulated({ profile, faults, onTrace: (chunk) => (trace += chunk) })
    assert.isTrue(Exit.isSuccess(run(backend, life)))
    backend.world.trace.flush()
    assert.isAbove(trace.split(" renewed ").length, 5)
  })
})

describe("a backend that refuses every call for a while", () => {
  const closedBecause = (because: "credentials" | "no answer") =>
    simulated({
      profile,
      faults: { ...quiet, closures: [{ fromMs: 30_000, untilMs: 600_000, because }] }
    })

  it("stops createCluster at once and by name, and the next one takes up what is there [R36]", () => {
    const backend = closedBecause("credentials")
    const program = Effect.gen(function* () {
      const first = yield* Effect.result(create)
      const refusedAtMs = backend.world.time.elapsedMs
      yield* Effect.sleep(600_000)
      const launchedBefore = [...backend.park.machines.values()].filter(
        ({ request }) => request?.owner.cluster === "drill"
      )
      const { nodes } = yield* create
      return { first, refusedAtMs, launchedBefore, ids: nodes.map(({ id }) => id) }
    })
    const exit = run(backend, program)
    if (Exit.isFailure(exit)) assert.fail(String(exit))
    const { first, ids, launchedBefore, refusedAtMs } = exit.value
    assert.strictEqual(Result.isFailure(first) ? first.failure.reason._tag : "", "Unauthenticated")
    assert.isBelow(refusedAtMs, 40_000)
    assert.deepStrictEqual(ids.toSorted(), launchedBefore.map(({ id }) => id).toSorted())
  })

  it("blinds the control loop, which ends nothing and repairs afterwards what ended meanwhile [R100]", () => {
    const backend = closedBecause("no answer")
    const program = Effect.gen(function* () {
      const clusters = yield* ClusterManager
      yield* Effect.ignore(create)
      yield* Effect.sleep(300_000)
      const [lost] = [...backend.park.machines.values()].filter(({ request }) => request?.owner.cluster === "drill")
      if (lost !== undefined) backend.park.end(lost, "reclaimed")
      yield* Effect.sleep(900_000)
      const { nodes, state } = yield* clusters.getCluster(clusterSpec.name)
      return { state, count: nodes.length, same: nodes.some(({ id }) => id === lost?.id) }
    })
    const exit = run(backend, program, { fleet: { controlEveryMs: 30_000 } })
    assert.deepStrictEqual(exit, Exit.succeed({ state: "ready" as const, count: 3, same: false }))
  })
})

describe("machines that were there from the start", () => {
  it("outlive the control loop, the deletion of what bears their cluster's name, and a wish to remove them", () => {
    const backend = simulated({ profile })
    const program = Effect.gen(function* () {
      const clusters = yield* ClusterManager
      yield* Effect.sleep(600_000)
      yield* clusters.deleteCluster(profile.name)
      const removed = yield* Effect.result(clusters.nodes.remove("cpu-1"))
      yield* Effect.sleep(600_000)
      const standing = yield* Hosts.use(({ nodes }) => nodes)
      return { refused: Result.isFailure(removed) && removed.failure.reason._tag, hosts: standing.length }
    })
    const exit = run(backend, program, { fleet: { controlEveryMs: 30_000 } })
    assert.deepStrictEqual(exit, Exit.succeed({ refused: "Conflict" as const, hosts: 2 }))
  })
})

describe("a budget", () => {
  const emptied = (heldMsMax: number) => {
    const faults = { ...quiet, world: { ...quiet.world, heldPerMille: 1000, heldMsMax }, budget: plentiful }
    const backend = simulated({ profile, seed: 4, faults })
    const program = Effect.gen(function* () {
      const { nodes } = yield* create
      yield* ContainerManager.use((containers) => containers.createDeployment({ ...deploymentSpec, replicas: 6 }))
      yield* Effect.sleep(120_000)
      const { pods } = yield* Effect.flatMap(Hosts, (hosts) => hosts.pods)
      const node = nodes.find(({ name }) => pods.some((pod) => pod.node === name))
      const beganAtMs = backend.world.time.elapsedMs
      const drained = yield* Effect.result(
        ClusterManager.use((clusters) => clusters.nodes.drain(node?.name ?? "", { deadlineMs: 200_000 }))
      )
      return { drained, tookMs: backend.world.time.elapsedMs - beganAtMs }
    })
    const exit = run(backend, program)
    if (Exit.isFailure(exit)) return assert.fail(String(exit))
    return exit.value
  }

  it("that holds pods for a while makes a drain wait, not fail [R39]", () => {
    const { drained, tookMs } = emptied(90_000)
    assert.isTrue(Result.isSuccess(drained), String(drained))
    assert.isAbove(tookMs, 10_000)
  })

  it("that never lets go ends a drain at its deadline, with the pods by name [R39]", () => {
    const { drained, tookMs } = emptied(1_000_000_000)
    const error = Result.isFailure(drained) ? drained.failure : undefined
    assert.strictEqual(error?.reason._tag, "TimedOut")
    assert.match(error?.message ?? "", /default\/web-/)
    assert.isAtMost(tookMs, 260_000)
  })
})

describe("what comes late", () => {
  it("is ended where nobody wants it any more: a pod whose deployment is gone", () => {
    const backend = simulated({ profile: k8s })
    const program = Effect.gen(function* () {
      const pod = { name: "web-late-0", namespace: "default", owner: { kind: "deployment" as const, name: "web" } }
      yield* Hosts.use((hosts) => hosts.run("cpu-1", { ...pod, labels: {}, spec: deploymentSpec.template.spec }))
      yield* Effect.sleep(300_000)
      return (yield* Effect.flatMap(Hosts, (hosts) => hosts.pods)).pods
    })
    assert.deepStrictEqual(run(backend, program), Exit.succeed([]))
  })
})

describe("less to rent than usual", () => {
  const windowMs = 1_200_000
  const standingAlone = (backend: SimulatedBackend) =>
    [...backend.park.machines.values()].filter(
      ({ request, state }) => request?.owner.cluster === "drill" && state === "running"
    )

  it("is looked for in another zone, and a drought everywhere is refused by name and outlived [R100]", () => {
    const faults = { ...quiet, world: { ...quiet.world, droughtPerMille: 500 } }
    const nodePools = clusterSpec.nodePools.slice(0, 1)
    const asked = nodePools.flatMap(({ instanceTypes }) => instanceTypes)
    let [dry, wet] = [0, 0]
    for (const seed of [1, 2, 3]) {
      const backend = simulated({ profile, seed, faults })
      const program = Effect.gen(function* () {
        for (let window = 0; window < 8; window++) {
          const first = yield* Effect.result(
            ClusterManager.use((it) => it.createCluster({ ...clusterSpec, nodePools }))
          )
          const { shortages, time } = backend.world
          const anyLeft = backend.world.market
            .at(time.elapsedMs)
            .some(
              (it) =>
                it.market === "on-demand" && asked.includes(it.instanceType) && !shortages.isDry(it, time.elapsedMs)
            )
          if (Result.isFailure(first)) assert.strictEqual(first.failure.reason._tag, "CapacityExhausted")
          assert.strictEqual(Result.isSuccess(first), anyLeft)
          if (anyLeft) wet += 1
          else dry += 1
          yield* ClusterManager.use((it) => it.deleteCluster(clusterSpec.name))
          yield* Effect.sleep(windowMs - (time.elapsedMs % windowMs))
        }
      })
      const exit = run(backend, program, { hosts: { everyMs: 600_000 } })
      assert.isTrue(Exit.isSuccess(exit), String(exit))
    }
    assert.isAbove(dry, 0)
    assert.isAbove(wet, dry)
  })

  it("ends nothing where the quota falls below what runs; what is lost then comes back with the quota [R100]", () => {
    const world = { ...quiet.world, quotaCutPerMille: 500, quotaLeftPercent: 0 }
    const backend = simulated({ profile, seed: 3, faults: { ...quiet, world } })
    const { shortages, time } = backend.world
    const isCut = () => shortages.quotaOf(1_000, time.elapsedMs) === 0
    const untilCut = (cut: boolean) =>
      Effect.gen(function* () {
        while (isCut() !== cut) yield* Effect.sleep(windowMs - (time.elapsedMs % windowMs))
      })
    const program = Effect.gen(function* () {
      yield* untilCut(false)
      yield* create
      yield* untilCut(true)
      yield* Effect.sleep(60_000)
      const during = standingAlone(backend).length
      const more = yield* Effect.result(ClusterManager.use((it) => it.scalePool("drill", "main", 4)))
      const [lost] = standingAlone(backend)
      if (lost !== undefined) backend.park.end(lost, "reclaimed")
      yield* Effect.sleep(300_000)
      const without = standingAlone(backend).length
      yield* untilCut(false)
      yield* Effect.sleep(600_000)
      const refused = Result.isFailure(more) ? more.failure.reason._tag : ""
      return { during, refused, without, after: standingAlone(backend).length }
    })
    const exit = run(backend, program, { fleet: { controlEveryMs: 30_000 } })
    assert.deepStrictEqual(exit, Exit.succeed({ during: 3, refused: "QuotaExceeded" as const, without: 2, after: 5 }))
  })
})

describe("prices", () => {
  it("move from day to day, and no spot machine is rented above the price that was named [R25]", () => {
    const faults = { ...quiet, world: { ...quiet.world, repricedPerMille: 500 } }
    const backend = simulated({ profile, faults })
    const dayMs = 86_400_000
    const priceOn = (day: number) =>
      backend.world.market
        .at(day * dayMs)
        .find(({ instanceType, market }) => instanceType === "m5.large" && market === "spot")?.microUsdPerHour ?? 0
    const days = Array.from({ length: 30 }, (_, day) => priceOn(day))
    assert.isAbove(Math.max(...days), 1.5 * Math.min(...days))
    const maxMicroUsdPerHour = days.toSorted((a, b) => a - b)[15] ?? 0
    const pool: NodePool = {
      name: "cheap",
      instanceTypes: ["m5.large"],
      minSize: 1,
      maxSize: 3,
      labels: {},
      taints: [],
      zones: [],
      spot: { enabled: true, maxMicroUsdPerHour }
    }
    const program = Effect.gen(function* () {
      for (let day = 0; day < 30; day++) {
        yield* Effect.ignore(ClusterManager.use((it) => it.createCluster({ ...clusterSpec, nodePools: [pool] })))
        yield* ClusterManager.use((it) => it.deleteCluster(clusterSpec.name))
        yield* Effect.sleep(dayMs)
      }
    })
    assert.isTrue(Exit.isSuccess(run(backend, program, { hosts: { everyMs: 600_000 } })))
    const rented = [...backend.park.machines.values()].filter(({ offering }) => offering.market === "spot")
    assert.isAbove(rented.length, 3)
    assert.isTrue(rented.every(({ offering }) => offering.microUsdPerHour <= maxMicroUsdPerHour))
  })
})
