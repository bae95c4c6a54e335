import {
  because,
  type Cluster,
  type ClusterSpec,
  type ClusterUpdate,
  type ComputeError,
  type Goal,
  InvalidInput,
  NotFound,
  type Plan,
  type PlannedStep,
  type Problem,
  Unsupported
} from "@orrery/core"
import { Effect, Stream } from "effect"
import type { Client } from "../Client.ts"
import { toCluster } from "../clusterManager.ts"
import { listNodes } from "../nodes/nodes.ts"
import { labelOf } from "../objects/labels.ts"
import { converge, removePool, see } from "./converge.ts"
import type { MachineMaker } from "./MachineMaker.ts"
import { goalOf, objectName, poolsOf, readGoal, sizeOf } from "./pools.ts"
import { removeMachine } from "./removeMachine.ts"

const backend = "kubernetes"

const invalid = (operation: string, problems: ReadonlyArray<Problem>) =>
  because(new InvalidInput({ backend, operation, problems }))

const next = (goal: Goal | undefined, spec: ClusterSpec): Goal => ({
  spec,
  sizes: goal?.sizes ?? {},
  generation: (goal?.generation ?? 0) + 1,
  deleting: false
})

/** What is wrong with a cluster, and what nobody who makes machines for an API server is told. */
const problemsOf = (maker: MachineMaker, spec: ClusterSpec): ReadonlyArray<Problem> => [
  ...maker.problems(spec),
  ...(spec.runtime === undefined
    ? []
    : [
        {
          path: "runtime",
          message: "what runs containers comes with the image of the machines",
          remedy: "leave `runtime` out, and name an image that has it"
        }
      ])
]

const createCluster = Effect.fn("kubernetes.createCluster")(function* (maker: MachineMaker, spec: ClusterSpec) {
  const problems = problemsOf(maker, spec)
  if (problems.length > 0) return yield* invalid("createCluster", problems)
  const before = goalOf(yield* poolsOf(maker, "createCluster", spec.name))
  return yield* converge(maker, "createCluster", next(before, spec))
})

const updateCluster = Effect.fn("kubernetes.updateCluster")(function* (
  maker: MachineMaker,
  name: string,
  update: ClusterUpdate
) {
  const goal = yield* readGoal(maker, "updateCluster", name)
  const spec = { ...goal.spec, ...update }
  const problems = problemsOf(maker, spec)
  if (problems.length > 0) return yield* invalid("updateCluster", problems)
  return yield* converge(maker, "updateCluster", next(goal, spec))
})

const scalePool = Effect.fn("kubernetes.scalePool")(function* (
  maker: MachineMaker,
  name: string,
  poolName: string,
  size: number
) {
  const operation = "scalePool"
  const goal = yield* readGoal(maker, operation, name)
  const pool = goal.spec.nodePools.find((one) => one.name === poolName)
  if (pool === undefined) return yield* because(new NotFound({ backend, operation, kind: "pool", name: poolName }))
  if (size < pool.minSize || size > pool.maxSize) {
    const message = `${size} is not within the pool's bounds, ${pool.minSize} to ${pool.maxSize}`
    return yield* invalid(operation, [{ path: "size", message }])
  }
  if (maker.sizesItself(pool)) {
    const why = `${maker.title} itself decides how large pool ${poolName} is, by the pods that wait`
    return yield* because(new Unsupported({ backend, operation, feature: operation, why }))
  }
  const sizes = { ...goal.sizes, [poolName]: size }
  return yield* converge(maker, operation, { ...next(goal, goal.spec), sizes })
})

const deleteCluster = Effect.fn("kubernetes.deleteCluster")(function* (maker: MachineMaker, name: string) {
  const pools = yield* poolsOf(maker, "deleteCluster", name)
  const goal = goalOf(pools)
  if (goal === undefined) return
  yield* Effect.forEach(pools, ({ metadata }) => removePool(maker, "deleteCluster", metadata?.name ?? "", goal.spec), {
    concurrency: "unbounded",
    discard: true
  })
})

/** Who makes the machines plans for itself: this says which pools miss machines, and no price. */
const plan = Effect.fn("kubernetes.plan")(function* (maker: MachineMaker, spec: ClusterSpec) {
  const goal = next(goalOf(yield* poolsOf(maker, "plan", spec.name)), spec)
  const nodes = yield* Stream.runCollect(listNodes(spec.name, "plan"))
  const steps = spec.nodePools.flatMap((pool): ReadonlyArray<PlannedStep> => {
    const has = nodes.filter((node) => node.pool === pool.name).length
    const missing = maker.sizesItself(pool) ? 0 : Math.max(0, sizeOf(goal, pool) - has)
    return Array.from({ length: missing }, (_, index) => ({
      step: { type: "launch", pool: pool.name, machine: `${objectName(spec.name, pool.name)}-${has + index}` },
      reason: `pool ${pool.name} has ${has} of ${sizeOf(goal, pool)} machines; ${maker.title} makes them`,
      deltaMicroUsdPerHour: 0,
      disruption: "none"
    }))
  })
  const unmet = problemsOf(maker, spec).map(({ message }) => message)
  const planned: Plan = { cluster: spec.name, steps, deltaMicroUsdPerHour: 0, unmet }
  return planned
})

/** Those that were made through us, then those that only their nodes' labels tell of. */
const listClusters = (maker: MachineMaker): Stream.Stream<Cluster, ComputeError, Client> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const pools = yield* poolsOf(maker, "listClusters")
      const names = [...new Set(pools.map(({ metadata }) => metadata?.labels?.[labelOf.cluster] ?? ""))].toSorted()
      const made = yield* Effect.forEach(names, (name) => getCluster(maker, name))
      const nodes = yield* Stream.runCollect(listNodes(undefined, "listClusters"))
      const others = [...new Set(nodes.map(({ cluster }) => cluster))].filter((name) => !names.includes(name))
      const ofName = (name: string) => nodes.filter(({ cluster }) => cluster === name)
      return Stream.fromIterable([...made, ...others.toSorted().map((name) => toCluster(name, ofName(name)))])
    })
  )

const getCluster = Effect.fn("kubernetes.getCluster")(function* (maker: MachineMaker, name: string) {
  return yield* see(maker, "getCluster", yield* readGoal(maker, "getCluster", name))
})

/** Clusters whose machines somebody makes when asked through the API server. */
export const clustersMadeBy = (maker: MachineMaker) => ({
  plan: (spec: ClusterSpec) => plan(maker, spec),
  createCluster: (spec: ClusterSpec) => createCluster(maker, spec),
  updateCluster: (name: string, update: ClusterUpdate) => updateCluster(maker, name, update),
  scalePool: (name: string, pool: string, size: number) => scalePool(maker, name, pool, size),
  configureUpdates: (name: string, update: ClusterSpec["update"]) =>
    Effect.asVoid(updateCluster(maker, name, { update })),
  deleteCluster: (name: string) => deleteCluster(maker, name),
  getCluster: (name: string) => getCluster(maker, name),
  listClusters: listClusters(maker),
  repair: (node: string) => removeMachine(maker, "nodes.repair", node),
  remove: (node: string) => removeMachine(maker, "nodes.remove", node)
})
