import { Effect } from "effect"
import { unknownTypes } from "../../decide/unknownTypes.ts"
import type { ClusterSpec } from "../../model/ClusterSpec.ts"
import type { NodePool } from "../../model/NodePool.ts"
import { because, type ComputeError, InvalidInput } from "../../service/ComputeError.ts"
import type { Fleet } from "./Fleet.ts"

/** Pools as a caller wrote them, and the cluster as it is, where there is one. */
export interface WrittenPools {
  readonly pools: ReadonlyArray<NodePool>
  readonly region: string | undefined
  readonly before: ClusterSpec | undefined
}

const typesOf = (pools: ReadonlyArray<NodePool>): ReadonlyArray<string> =>
  pools.flatMap(({ instanceTypes }) => instanceTypes)

/**
 * Refuses pools of instance types that nobody offers, before they become a goal. What the goal has already was offered once:
 * a cloud that withdraws it must not keep its cluster from any other change.
 */
export const refuseUnknownTypes = (
  { machines }: Fleet,
  operation: string,
  { before, pools, region }: WrittenPools
): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const known = new Set(typesOf(before?.nodePools ?? []))
    const unseen = [...new Set(typesOf(pools))].filter((type) => !known.has(type))
    if (unseen.length === 0) return
    for (const { instanceType } of yield* machines.offerings(region, unseen)) known.add(instanceType)
    if (unseen.every((type) => known.has(type))) return
    // Only who is to be told what was meant needs all that there is, which is long in a cloud.
    for (const { instanceType } of yield* machines.offerings(region)) known.add(instanceType)
    return yield* because(
      new InvalidInput({ backend: machines.backend, operation, problems: unknownTypes(pools, known) })
    )
  })
