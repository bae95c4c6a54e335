import { Result } from "effect"
import type { Node } from "../model/Node.ts"
import type { NodePool } from "../model/NodePool.ts"
import type { Offering } from "../model/Offering.ts"
import type { Refusal } from "../model/Refusal.ts"
import type { Pod } from "../model/Snapshot.ts"
import { refusalOf } from "./filter/refusalOf.ts"
import { Occupancy } from "./Occupancy.ts"
import { offeringsOf } from "./offeringsOf.ts"
import { cheaper, type Machine } from "./pack/cheaper.ts"
import { fill, weightOf } from "./pack/fill.ts"
import { imagined, type Kind, type Launch } from "./pack/Kind.ts"
import { withinShares } from "./pack/withinShares.ts"
import { defaultPlacePolicy, placeIn } from "./place.ts"

export type { Launch } from "./pack/Kind.ts"

/** All pods, waiting or not, and what machines there are and could be. `sizes` are the pools' wanted sizes already. */
export interface PackInput {
  readonly pods: ReadonlyArray<Pod>
  readonly pools: ReadonlyArray<NodePool>
  readonly offerings: ReadonlyArray<Offering>
  readonly sizes: Readonly<Record<string, number>>
  readonly nodes: ReadonlyArray<Node>
}

/** Machines to add for the pods that wait, and the pods no machine would help, with each pool's reason. */
export interface Packing {
  readonly launches: ReadonlyArray<Launch>
  readonly unplaced: ReadonlyArray<{ readonly pod: string; readonly refusals: ReadonlyArray<Refusal> }>
}

const keyOf = ({ name, namespace }: Pod): string => `${namespace}/${name}`

/** Machines that are or will be there: those that boot count as up, those asked for and not there yet as launched. */
const expected = ({ nodes, offerings, pods, pools, sizes }: PackInput): Occupancy => {
  const alive = nodes.filter(({ state }) => state !== "leaving" && state !== "gone")
  const up = alive.map((node) => (node.state === "booting" ? { ...node, state: "ready" as const } : node))
  const coming = pools.flatMap((pool) => {
    const choice = offeringsOf(pool, offerings)
    if (Result.isFailure(choice)) return []
    const missing = (sizes[pool.name] ?? 0) - alive.filter((node) => node.pool === pool.name).length
    return Array.from({ length: Math.max(0, missing) }, (_, index) =>
      imagined({ pool, offering: choice.success[0] }, `${pool.name} coming ${index}`)
    )
  })
  return new Occupancy([...up, ...coming], pods)
}

/** Why no further machine of a pool would take the pod. */
const whyNot = (pod: Pod, pool: NodePool, kind: Kind | undefined, input: PackInput, occupancy: Occupancy): Refusal => {
  const choice = offeringsOf(pool, input.offerings)
  if (kind === undefined || Result.isFailure(choice)) {
    const why = Result.isFailure(choice) ? choice.failure.map((it) => `${it.candidate}: ${it.why}`).join("; ") : ""
    return { candidate: pool.name, code: "offering", why: `no machine can be had: ${why}` }
  }
  occupancy.open(imagined(kind, pool.name))
  const place = occupancy.on(pool.name)
  const refused = place === undefined ? undefined : refusalOf({ pod, place, occupancy, policy: defaultPlacePolicy })
  occupancy.close(pool.name)
  return refused ?? { candidate: pool.name, code: "max", why: `has its ${pool.maxSize} machines already` }
}

/**
 * The cheapest machines that take the waiting pods, beyond the machines that are there or on their way. Pods are taken by
 * priority, then the largest first. A pool is bought as its first instance type that can be had, since that is what it
 * gets, with full-price machines of at least that size where it has its share of spot machines. Small sets are packed exactly, large ones by the best price for the work a machine takes.
 */
export const pack = (input: PackInput): Packing => {
  const waiting = input.pods
    .filter((pod) => pod.state === "waiting" && pod.node === undefined)
    .toSorted(
      (a, b) => b.spec.priority - a.spec.priority || weightOf(b) - weightOf(a) || (keyOf(a) < keyOf(b) ? -1 : 1)
    )
  if (waiting.length === 0) return { launches: [], unplaced: [] }
  const occupancy = expected(input)
  const kinds = input.pools.flatMap((pool): ReadonlyArray<Kind> => {
    const choice = offeringsOf(pool, input.offerings)
    const there = input.nodes.filter(
      ({ pool: of, state }) => of === pool.name && state !== "leaving" && state !== "gone"
    )
    const room = pool.maxSize - Math.max(input.sizes[pool.name] ?? 0, there.length)
    return Result.isFailure(choice) ? [] : [{ pool, offering: choice.success[0], room: Math.max(0, room) }]
  })
  let left = waiting.filter((pod) => {
    const placed = placeIn(occupancy, pod)
    if (Result.isSuccess(placed)) occupancy.add(pod, placed.success.node)
    return Result.isFailure(placed)
  })
  const machines: Array<Machine> = []
  const unplaced: Array<Packing["unplaced"][number]> = []
  for (let [pod] = left; pod !== undefined; [pod] = left) {
    const wanted = pod
    const options = kinds
      .filter((kind) => machines.filter((machine) => machine.kind === kind).length < kind.room)
      .map((kind) => ({ kind, pods: [...fill(kind, left, occupancy)] }))
      .filter(({ pods }) => pods.includes(wanted))
      .map((option) => ({
        ...option,
        rate: option.kind.offering.microUsdPerHour / option.pods.reduce((sum, it) => sum + weightOf(it), 0)
      }))
      .toSorted((a, b) => a.rate - b.rate || (a.kind.pool.name < b.kind.pool.name ? -1 : 1))
    const [best] = options
    if (best === undefined) {
      const refusals = input.pools.map((pool) =>
        whyNot(
          wanted,
          pool,
          kinds.find((kind) => kind.pool === pool),
          input,
          occupancy
        )
      )
      unplaced.push({ pod: keyOf(wanted), refusals })
      left = left.filter((other) => other !== wanted)
      continue
    }
    const name = `launch ${machines.length}`
    occupancy.open(imagined(best.kind, name))
    for (const taken of best.pods) occupancy.add(taken, name)
    machines.push({ kind: best.kind, pods: best.pods })
    left = left.filter((other) => !best.pods.includes(other))
  }
  for (const index of machines.keys()) occupancy.close(`launch ${index}`)
  const bought = withinShares(cheaper(machines, kinds, occupancy), input)
  const launches = bought.machines.map(({ kind, pods }) => ({
    pool: kind.pool.name,
    offering: kind.offering,
    pods: pods.map(keyOf)
  }))
  const dear = bought.refused.flatMap(({ pods, refusal }) =>
    pods.map((pod) => ({ pod: keyOf(pod), refusals: [refusal] }))
  )
  return { launches, unplaced: [...unplaced, ...dear] }
}
