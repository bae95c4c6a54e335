import { Effect, Layer, Option, Stream } from "effect"
import { diff } from "../decide/diff.ts"
import type { ClusterSpec, ClusterUpdate } from "../model/ClusterSpec.ts"
import type { Goal } from "../model/Goal.ts"
import type { NodePool } from "../model/NodePool.ts"
import { Hosts } from "../ports/Hosts.ts"
import { Machines } from "../ports/Machines.ts"
import { ClusterManager } from "../service/ClusterManager.ts"
import { because, InvalidInput, NotFound } from "../service/ComputeError.ts"
import { changeGoal } from "./machines/changeGoal.ts"
import { beingDeleted, converge, readGoal } from "./machines/converge.ts"
import { deleteCluster } from "./machines/deleteCluster.ts"
import { type Fleet, type FleetOptions, makeFleet } from "./machines/Fleet.ts"
import { nodeOperations } from "./machines/nodeOperations.ts"
import { refuseUnknownTypes } from "./machines/refuseUnknownTypes.ts"
import { clusterOf, seeCluster } from "./machines/seeCluster.ts"
import { tend } from "./machines/tend.ts"
import { watchCluster } from "./machines/watchCluster.ts"

export type { FleetOptions } from "./machines/Fleet.ts"

/** The sizes that still mean something: of pools that are there, within their bounds. */
const sizesWithin = (pools: ReadonlyArray<NodePool>, sizes: Goal["sizes"]): Goal["sizes"] =>
  Object.fromEntries(
    pools.flatMap(({ maxSize, minSize, name }) => {
      const size = sizes[name]
      return size === undefined ? [] : [[name, Math.min(maxSize, Math.max(minSize, size))] as const]
    })
  )

/** The spec is copied: a builder's may be given, and what is stored is plain data. */
const goalFor = (spec: ClusterSpec, current: Goal | undefined): Goal => ({
  spec: structuredClone(spec),
  sizes: sizesWithin(spec.nodePools, current?.sizes ?? {}),
  generation: current?.generation ?? 0,
  deleting: current?.deleting ?? false
})

/** Pools are matched by name; those not named stay as they are. */
const updated = (spec: ClusterSpec, { nodePools = [], ...rest }: ClusterUpdate): ClusterSpec => ({
  ...spec,
  ...rest,
  nodePools: [
    ...spec.nodePools.map((pool) => nodePools.find(({ name }) => name === pool.name) ?? pool),
    ...nodePools.filter(({ name }) => !spec.nodePools.some((pool) => pool.name === name))
  ]
})

/** What `createCluster` makes of the goal that may be there already. */
const wantedOf = (fleet: Fleet, spec: ClusterSpec) => (current: Goal | undefined) =>
  current?.deleting === true
    ? Effect.fail(beingDeleted(fleet, spec.name, "createCluster"))
    : Effect.succeed(goalFor(spec, current))

const createCluster = (fleet: Fleet, spec: ClusterSpec) =>
  Effect.gen(function* () {
    const stored = yield* fleet.machines.goals.read(spec.name)
    const before = stored?.goal.spec
    yield* refuseUnknownTypes(fleet, "createCluster", { pools: spec.nodePools, region: spec.region, before })
    // A deletion that was begun is ended first: what was to go goes, and the new cluster starts clean.
    if (stored?.goal.deleting === true) yield* deleteCluster(fleet, spec.name)
    yield* changeGoal(fleet.machines, spec.name, wantedOf(fleet, spec))
    return yield* converge(fleet, spec.name, "createCluster")
  })

const plan = (fleet: Fleet, spec: ClusterSpec) =>
  Effect.gen(function* () {
    const stored = yield* fleet.machines.goals.read(spec.name)
    const { goal, nodes, nowMs, offerings, soldOut } = yield* seeCluster(fleet, {
      ...goalFor(spec, stored?.goal),
      deleting: false
    })
    return diff({ goal, nodes, offerings, soldOut, nowMs })
  })

const scalePool = (fleet: Fleet, name: string, pool: string, size: number) => {
  const { machines } = fleet
  const at = { backend: machines.backend, operation: "scalePool" }
  return changeGoal(machines, name, (goal) => {
    if (goal === undefined) return Effect.fail(because(new NotFound({ ...at, kind: "cluster", name })))
    if (goal.deleting) return Effect.fail(beingDeleted(fleet, name, "scalePool"))
    const found = goal.spec.nodePools.find((one) => one.name === pool)
    if (found === undefined) return Effect.fail(because(new NotFound({ ...at, kind: "pool", name: pool })))
    if (size >= found.minSize && size <= found.maxSize)
      return Effect.succeed({ ...goal, sizes: { ...goal.sizes, [pool]: size } })
    const message = `${size} is not within the pool's bounds, ${found.minSize} to ${found.maxSize}`
    return Effect.fail(because(new InvalidInput({ ...at, problems: [{ path: "size", message }] })))
  })
}

const serviceOf = (fleet: Fleet): ClusterManager["Service"] => {
  const { machines } = fleet
  /** Changes the description of a cluster that is there and stays. */
  const change = (name: string, operation: string, update: ClusterUpdate) =>
    changeGoal(machines, name, (goal) => {
      if (goal === undefined)
        return Effect.fail(because(new NotFound({ backend: machines.backend, operation, kind: "cluster", name })))
      if (goal.deleting) return Effect.fail(beingDeleted(fleet, name, operation))
      const spec = updated(goal.spec, update)
      const written = { pools: update.nodePools ?? [], region: spec.region, before: goal.spec }
      return Effect.as(refuseUnknownTypes(fleet, operation, written), goalFor(spec, goal))
    })
  const see = (goal: Goal) => Effect.map(seeCluster(fleet, goal), clusterOf)
  return ClusterManager.of({
    backend: machines.backend,
    capabilities: machines.capabilities,
    plan: (spec) => plan(fleet, spec),
    createCluster: (spec) => createCluster(fleet, spec),
    updateCluster: (name, update) =>
      Effect.andThen(change(name, "updateCluster", update), converge(fleet, name, "updateCluster")),
    scalePool: (name, pool, size) =>
      Effect.andThen(scalePool(fleet, name, pool, size), converge(fleet, name, "scalePool")),
    configureUpdates: (name, update) => Effect.asVoid(change(name, "configureUpdates", { update })),
    deleteCluster: (name) => deleteCluster(fleet, name),
    getCluster: (name) => Effect.flatMap(readGoal(fleet, name, "getCluster"), see),
    listClusters: Stream.fromIterableEffect(
      Effect.map(machines.goals.list, (stored) =>
        stored.map(({ goal }) => goal).toSorted((a, b) => (a.spec.name < b.spec.name ? -1 : 1))
      )
    ).pipe(Stream.mapEffect(see)),
    watchCluster: (name) => watchCluster(fleet, name),
    nodes: nodeOperations(fleet)
  })
}

/**
 * A whole ClusterManager out of the few things a cloud must offer. The goal is stored at the provider before anything is
 * made, machines are marked as ours in the call that makes them, and tokens follow from what a machine is for: killed at
 * any point and run again, it converges. Where Hosts are present, too, nodes are emptied before they go.
 */
export const clusterManagerFromMachines = (options: FleetOptions = {}): Layer.Layer<ClusterManager, never, Machines> =>
  Layer.effect(
    ClusterManager,
    Effect.gen(function* () {
      const machines = yield* Machines
      const hosts = yield* Effect.serviceOption(Hosts)
      const fleet = makeFleet(machines, Option.getOrUndefined(hosts), options)
      if (options.controlEveryMs !== undefined) yield* Effect.forkScoped(tend(fleet, options.controlEveryMs))
      return serviceOf(fleet)
    })
  )
