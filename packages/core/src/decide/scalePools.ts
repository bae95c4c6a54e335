import { Result } from "effect"
import type { AutoScaling, ClusterSpec } from "../model/ClusterSpec.ts"
import type { Node } from "../model/Node.ts"
import type { NodePool } from "../model/NodePool.ts"
import type { Offering } from "../model/Offering.ts"
import { onDemand } from "../model/onDemand.ts"
import { requestOf } from "../model/Pod.ts"
import type { Snapshot } from "../model/Snapshot.ts"
import { removalOrder } from "./diff/removalOrder.ts"
import { wantedSize } from "./diff.ts"
import { Occupancy, occupies } from "./Occupancy.ts"
import { offeringsOf } from "./offeringsOf.ts"
import { pack } from "./pack.ts"
import { placeIn } from "./place.ts"
import { templateOf } from "./templateOf.ts"

/** Since when each pool has been too large, and the most that was wanted of it meanwhile. */
export type ScaleMemory = Readonly<Record<string, { readonly sinceMs: number; readonly most: number }>>

/** A cluster, its wanted sizes so far, and what was seen. */
export interface ScaleInput {
  readonly spec: ClusterSpec
  readonly sizes: Readonly<Record<string, number>>
  readonly snapshot: Snapshot
  readonly offerings: ReadonlyArray<Offering>
  readonly nowMs: number
  /** What the last decision gave back; empty at first. */
  readonly memory: ScaleMemory
}

/** The sizes to want now, with a reason for each that changed. */
export interface ScaleDecision {
  readonly sizes: Readonly<Record<string, number>>
  readonly changes: ReadonlyArray<{
    readonly pool: string
    readonly from: number
    readonly to: number
    readonly reason: string
  }>
  readonly memory: ScaleMemory
}

type Sizes = Map<string, number>
const totalOf = (sizes: Sizes): number => [...sizes.values()].reduce((sum, size) => sum + size, 0)

const nodesOf = ({ snapshot, spec }: ScaleInput, pool: NodePool): ReadonlyArray<Node> =>
  snapshot.nodes.filter(
    ({ cluster, pool: of, state }) =>
      cluster === spec.name && of === pool.name && state !== "leaving" && state !== "gone"
  )

/** How many machines bring the pool's CPU use down to the target; nothing where no machine's size is known. */
const sizeForTarget = (input: ScaleInput, pool: NodePool, target: number): number => {
  const nodes = nodesOf(input, pool)
  const names = new Set(nodes.map(({ name }) => name))
  const requested = input.snapshot.pods
    .filter((pod) => pod.node !== undefined && names.has(pod.node) && occupies(pod))
    .reduce((sum, pod) => sum + requestOf(pod.spec).cpuMilli, 0)
  const choice = offeringsOf(pool, input.offerings)
  const total = nodes.reduce((sum, { capacity }) => sum + capacity.cpuMilli, 0)
  const count = nodes.length > 0 ? nodes.length : 1
  const all = nodes.length > 0 ? total : Result.isSuccess(choice) ? choice.success[0].capacity.cpuMilli : 0
  return all === 0 ? 0 : Math.ceil((requested * 100 * count) / (target * all))
}

/** The least size of each pool, not under `floor`, on which all that runs still has a place. */
const leastSizes = (input: ScaleInput, sizes: Sizes, floors: Sizes): Sizes => {
  const { snapshot, spec } = input
  const occupancy = onDemand(
    () =>
      new Occupancy(
        snapshot.nodes.filter(({ cluster, state }) => cluster === spec.name && state !== "leaving" && state !== "gone"),
        snapshot.pods
      )
  )
  const least = new Map<string, number>()
  for (const pool of spec.nodePools) {
    const nodes = nodesOf(input, pool)
    const floor = floors.get(pool.name) ?? 0
    let size = sizes.get(pool.name) ?? 0
    // Machines that are wanted and not there yet run nothing: not wanting them any more harms nobody.
    size -= Math.min(Math.max(0, size - nodes.length), Math.max(0, size - floor))
    const victims = size > floor ? removalOrder(nodes, templateOf(spec, pool)) : []
    for (const victim of victims) {
      if (size <= floor || !moves(occupancy(), victim)) break
      size--
    }
    least.set(pool.name, size)
  }
  return least
}

/** Moves all pods off a node and takes the node away; puts all back where one of them finds no place. */
const moves = (occupancy: Occupancy, victim: Node): boolean => {
  const pods = occupancy.close(victim.name)
  const moved: Array<readonly [(typeof pods)[number], string]> = []
  for (const pod of pods) {
    const placed = placeIn(occupancy, pod)
    if (pod.owner !== undefined && Result.isSuccess(placed)) {
      occupancy.add(pod, placed.success.node)
      moved.push([pod, placed.success.node])
      continue
    }
    for (const [one, node] of moved) occupancy.remove(one, node)
    occupancy.open(victim)
    for (const one of pods) occupancy.add(one, victim.name)
    return false
  }
  return true
}

/** Grows for pods that wait and toward the target, pool by pool, within the cluster's bounds. */
const grow = (input: ScaleInput, sizes: Sizes, reasons: Map<string, string>, scaling: AutoScaling): void => {
  const { offerings, snapshot, spec } = input
  const most = scaling.maxNodes ?? Infinity
  const raise = (pool: NodePool, reason: string): void => {
    const size = sizes.get(pool.name) ?? 0
    if (size >= pool.maxSize || totalOf(sizes) >= most) return
    sizes.set(pool.name, size + 1)
    reasons.set(pool.name, reason)
  }
  const { launches } = pack({
    pods: snapshot.pods,
    pools: spec.nodePools,
    offerings,
    sizes: Object.fromEntries(sizes),
    nodes: snapshot.nodes.filter(({ cluster }) => cluster === spec.name)
  })
  for (const pool of spec.nodePools) {
    const wanted = launches.filter((launch) => launch.pool === pool.name)
    const pods = wanted.reduce((sum, launch) => sum + launch.pods.length, 0)
    for (const _ of wanted) raise(pool, `pods that wait for room: ${pods}`)
    const target = sizeForTarget(input, pool, scaling.targetCpuUtilization)
    for (let size = sizes.get(pool.name) ?? 0; size < target; size++)
      raise(pool, `more than ${scaling.targetCpuUtilization} % of its CPU is asked for`)
  }
  const priceOf = (pool: NodePool): number => {
    const choice = offeringsOf(pool, offerings)
    return Result.isSuccess(choice) ? choice.success[0].microUsdPerHour : Infinity
  }
  const cheapest = spec.nodePools.toSorted(
    (a, b) => (priceOf(a) === priceOf(b) ? 0 : priceOf(a) - priceOf(b)) || (a.name < b.name ? -1 : 1)
  )
  for (const pool of cheapest)
    for (let size = sizes.get(pool.name) ?? 0; size < pool.maxSize && totalOf(sizes) < (scaling.minNodes ?? 0); size++)
      raise(pool, `the cluster has at least ${scaling.minNodes} nodes`)
}

/** Lets pools go down that have been too large for the whole delay; gives what to remember of the others. */
const shrink = (input: ScaleInput, sizes: Sizes, reasons: Map<string, string>, scaling: AutoScaling): ScaleMemory => {
  const { memory, nowMs, spec } = input
  const floors = new Map(
    spec.nodePools.map((pool) => [
      pool.name,
      reasons.has(pool.name)
        ? (sizes.get(pool.name) ?? 0)
        : Math.max(pool.minSize, sizeForTarget(input, pool, scaling.targetCpuUtilization))
    ])
  )
  const least = leastSizes(input, sizes, floors)
  const remembered: Record<string, { readonly sinceMs: number; readonly most: number }> = {}
  for (const { name } of spec.nodePools) {
    const size = sizes.get(name) ?? 0
    const wanted = least.get(name) ?? size
    if (wanted >= size) continue
    const before = memory[name]
    const since = { sinceMs: before?.sinceMs ?? nowMs, most: Math.max(before?.most ?? 0, wanted) }
    const spare = Math.max(0, totalOf(sizes) - (scaling.minNodes ?? 0))
    const to = Math.max(size - spare, Math.min(size, since.most))
    if (nowMs - since.sinceMs < scaling.scaleDownDelayMs || to >= size) remembered[name] = since
    else {
      sizes.set(name, to)
      reasons.set(
        name,
        `${size - to} machines have not been needed for ${Math.round((nowMs - since.sinceMs) / 1000)} s`
      )
    }
  }
  return remembered
}

/**
 * How large each pool should be now. Pools grow at once, for pods that wait and toward the target; they shrink once they
 * have been too large for the whole delay, to the most that was wanted meanwhile, and never below what runs needs.
 * Without autoscaling sizes are only kept within the pools' bounds.
 */
export const scalePools = (input: ScaleInput): ScaleDecision => {
  const { spec } = input
  const sizes: Sizes = new Map(spec.nodePools.map((pool) => [pool.name, wantedSize(pool, input.sizes)]))
  const reasons = new Map<string, string>()
  for (const { maxSize, minSize, name } of spec.nodePools)
    if (input.sizes[name] !== undefined && input.sizes[name] !== sizes.get(name))
      reasons.set(name, `its size must be from ${minSize} to ${maxSize}`)
  const scaling = spec.autoScaling
  let memory: ScaleMemory = {}
  if (scaling?.enabled === true) {
    grow(input, sizes, reasons, scaling)
    memory = shrink(input, sizes, reasons, scaling)
  }
  const changes = spec.nodePools.flatMap(({ minSize, name }) => {
    const from = input.sizes[name] ?? minSize
    const to = sizes.get(name) ?? from
    return from === to ? [] : [{ pool: name, from, to, reason: reasons.get(name) ?? "" }]
  })
  return { sizes: Object.fromEntries(sizes), changes, memory }
}
