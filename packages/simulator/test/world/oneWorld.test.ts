import {
  ClusterManager,
  type ClusterSpec,
  ContainerManager,
  type Deployment,
  type Job,
  production,
  Scheduler
} from "@orrery/core"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { Life } from "../../src/engine/life/Life.ts"
import { worldEvents } from "../../src/engine/world/WorldEvent.ts"
import { ideal } from "../../src/provider/profiles.ts"
import { simulated } from "../../src/provider/simulated.ts"
import { runVirtual } from "../../src/time/runVirtual.ts"
import { deployment, group, job, minuteMs, scenario, standard } from "../engine/life/scenarios.ts"
import { clusterSpec, deploymentSpec, jobSpec, podSpec } from "../provider/specs.ts"

const bootMs = 10 * minuteMs
const startMs = 5_000
const graceMs = 10_000
const endMs = 35_000
const untilMs = 150 * minuteMs
/** When each workload comes, how large it is, and how long its pods run; those without an end are deployments. */
const front = { name: "front", atMs: 15 * minuteMs, cpuMilli: 3_500, gpuMilli: 1_000 }
const filler = { name: "filler", atMs: 16 * minuteMs, cpuMilli: 400, gpuMilli: 0, runMs: 60 * minuteMs }
const api = { name: "api", atMs: 20 * minuteMs, cpuMilli: 3_800, gpuMilli: 1_000 }
const batch = { name: "batch", atMs: 40 * minuteMs, cpuMilli: 3_000, gpuMilli: 0, runMs: 20 * minuteMs }
const tail = { name: "tail", atMs: 55 * minuteMs, cpuMilli: 400, gpuMilli: 0 }
const shrinksAtMs = 90 * minuteMs
const nodeFailsAtMs = 110 * minuteMs

const story = `nodeRequested node-0 main
nodeReady node-0 main after 600000 ms
podBound pod-0 node-0
gpuTaken pod-0 node-0 0
podRunning pod-0 node-0 after 5000 ms
podBound pod-1 node-0
podRunning pod-1 node-0 after 5000 ms
nodeRequested node-1 main
nodeReady node-1 main after 600000 ms
podBound pod-2 node-1
gpuTaken pod-2 node-1 0
podRunning pod-2 node-1 after 5000 ms
nodeRequested node-2 main
nodeReady node-2 main after 600000 ms
podBound pod-3 node-2
podRunning pod-3 node-2 after 5000 ms
podBound pod-4 node-2
podRunning pod-4 node-2 after 5000 ms
podSucceeded pod-3 node-2 after 1200000 ms
podSucceeded pod-1 node-0 after 3600000 ms
nodeCordoned node-2 main
podLeaving pod-4 node-2
podBound pod-5 node-0
podRunning pod-5 node-0 after 5000 ms
podGone pod-4 node-2 after 10000 ms
nodeGone node-2 main
nodeLost node-0 main
podLost pod-0 node-0
gpuFreed pod-0 node-0 0
podLost pod-5 node-0
nodeGone node-0 main
nodeRequested node-3 main
nodeReady node-3 main after 600000 ms
podBound pod-6 node-3
gpuTaken pod-6 node-3 0
podBound pod-7 node-3
podRunning pod-6 node-3 after 5000 ms
podRunning pod-7 node-3 after 5000 ms`

/**
 * The story that both tell, without when: a line per event, nodes and pods called by the order in which they appear. Where the
 * world itself decides how long something takes, the line says so: boots, starts, runs and farewells.
 */
const storyOf = (trace: string): ReadonlyArray<string> => {
  const events = new Set<string>(worldEvents)
  const names = new Map<string, string>()
  const since = new Map<string, number>()
  const count = { node: 0, pod: 0 }
  return trace.split("\n").flatMap((line) => {
    const [at = "", event = "", subject = "", where = "", amount = ""] = line.split(" ")
    if (!events.has(event)) return []
    const isNode = event.startsWith("node")
    // Names are used again for those that take the place of others.
    if (event === "nodeRequested") names.set(subject, `node-${count.node++}`)
    if (event === "podBound") names.set(subject, `pod-${count.pod++}`)
    const name = names.get(subject) ?? "nobody"
    const tookMs = Number(at) - (since.get(name) ?? 0)
    since.set(name, Number(at))
    const took = /Ready|Running|Succeeded|podGone/.test(event) ? ` after ${tookMs} ms` : ""
    const gpu = event.startsWith("gpu") ? ` ${amount}` : ""
    return [`${event} ${name} ${isNode ? where : names.get(where)}${gpu}${took}`]
  })
}

const engineTrace = (): string => {
  let trace = ""
  const common = { startMs, graceMs }
  const forever = ({ atMs, cpuMilli, gpuMilli, name }: typeof front) =>
    deployment({ ...common, name, cpuMilli, gpuMilli, arriveMs: atMs, replicas: 1 })
  const ending = ({ atMs, cpuMilli, gpuMilli, name, runMs }: typeof filler) => {
    const once = { completions: 1, parallelism: 1, runMsMin: runMs, runMsMax: runMs }
    return job({ ...common, ...once, name, cpuMilli, gpuMilli, arriveMs: atMs })
  }
  const given = scenario([forever(front), ending(filler), forever(api), ending(batch), forever(tail)], {
    endMs: untilMs,
    groups: [group({ name: "main", min: 1, max: 5, initial: 1, gpus: 1, bootMs })],
    faults: [{ kind: "nodeFailure", atMs: nodeFailsAtMs, pick: 0 }],
    autoscaler: standard
  })
  const life = new Life(given, 1, { onTrace: (chunk) => (trace += chunk) })
  life.run()
  life.cluster.trace.flush()
  return trace
}

const [offered] = ideal.offerings
const capacity = { cpuMilli: 4_000, memoryBytes: 16 * 2 ** 30, gpuMilli: 1_000 }
const exactly = (ms: number) => ({ min: ms, max: ms })
const profile = {
  ...ideal,
  offerings: offered === undefined ? [] : [{ ...offered, instanceType: "box", capacity, market: "on-demand" as const }],
  bootMs: exactly(bootMs),
  endMs: exactly(endMs),
  pullMs: exactly(startMs),
  podEndMs: exactly(graceMs)
}
const pool = { name: "main", instanceTypes: ["box"], minSize: 1, maxSize: 5, labels: {}, taints: [], zones: [] }
const cluster: ClusterSpec = { ...clusterSpec, nodePools: [pool] }

/** Each has an image of its own, so that each is fetched. */
const imageOf = (name: string, spec: ReturnType<typeof podSpec>) => ({
  ...spec,
  containers: spec.containers.map((container) => ({ ...container, image: `${name}:1` }))
})
const deploymentOf = ({ cpuMilli, gpuMilli, name }: typeof front): Deployment => ({
  ...deploymentSpec,
  name,
  replicas: 1,
  selector: { matchLabels: { app: name }, matchExpressions: [] },
  template: {
    labels: { app: name },
    annotations: {},
    spec: imageOf(name, podSpec(["serve"], cpuMilli, gpuMilli))
  }
})
const jobOf = ({ cpuMilli, gpuMilli, name, runMs }: typeof filler): Job => ({
  ...jobSpec,
  name,
  pod: imageOf(name, podSpec(["sleep", String(runMs / 1_000)], cpuMilli, gpuMilli))
})

const servicesTrace = (): string => {
  let trace = ""
  const backend = simulated({ profile, seed: 1, onTrace: (chunk) => (trace += chunk) })
  const { time } = backend.world
  const until = (atMs: number) => Effect.suspend(() => Effect.sleep(Math.max(0, atMs - time.elapsedMs)))
  backend.world.after(nodeFailsAtMs, () => {
    const first = [...backend.house.hosts()][0]
    if (first !== undefined) backend.park.end(first, "failed")
  })
  const program = Effect.gen(function* () {
    const clusters = yield* ClusterManager
    const containers = yield* ContainerManager
    const jobs = yield* Scheduler
    const at = <A, E>(atMs: number, call: Effect.Effect<A, E>) => Effect.forkScoped(Effect.andThen(until(atMs), call))
    const sized = (atMs: number, size: number) => at(atMs, clusters.scalePool(cluster.name, "main", size))
    yield* Effect.forkScoped(clusters.createCluster(cluster))
    for (const one of [front, api, tail]) yield* at(one.atMs, containers.createDeployment(deploymentOf(one)))
    for (const one of [filler, batch]) yield* at(one.atMs, jobs.submit(jobOf(one)))
    yield* sized(api.atMs, 2)
    yield* sized(batch.atMs, 3)
    yield* sized(shrinksAtMs, 2)
    yield* until(untilMs)
  })
  const layer = backend
    .services({ fleet: { everyMs: 5_000, controlEveryMs: 30_000 }, hosts: { everyMs: 5_000 } })
    .pipe(production())
  const result = runVirtual(program.pipe(Effect.scoped, Effect.provide(layer)), { time, name: "the services' part" })
  expect(result).toMatchObject({ _tag: "Done", exit: { _tag: "Success" } })
  backend.world.trace.flush()
  return trace
}

test("the services on a simulated backend and the engine tell the same story of one scenario", () => {
  const engine = storyOf(engineTrace())
  expect(storyOf(servicesTrace())).toEqual(engine)
  expect(engine.join("\n")).toBe(story)
}, 60_000)
