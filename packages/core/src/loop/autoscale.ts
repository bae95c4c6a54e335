import { Clock, Effect } from "effect"
import { type ScaleDecision, type ScaleMemory, scalePools } from "../decide/scalePools.ts"
import type { Cluster } from "../model/Cluster.ts"
import type { Offering } from "../model/Offering.ts"
import type { Pod, Snapshot } from "../model/Snapshot.ts"
import type { ClusterManager } from "../service/ClusterManager.ts"
import type { ComputeError } from "../service/ComputeError.ts"
import { type ControlOptions, control, type Round } from "./control.ts"

/** What a cluster's pools are sized by. */
export interface AutoscaleOptions {
  readonly clusters: ClusterManager["Service"]
  readonly cluster: string
  /** All pods, also those that wait for a place. */
  readonly pods: Effect.Effect<ReadonlyArray<Pod>, ComputeError>
  readonly offerings: Effect.Effect<ReadonlyArray<Offering>, ComputeError>
  readonly everyMs?: number
  readonly onDecision?: (decision: ScaleDecision) => Effect.Effect<void>
  readonly onRound?: (round: Round) => Effect.Effect<void>
}

interface Seen {
  readonly cluster: Cluster
  readonly snapshot: Snapshot
  readonly offerings: ReadonlyArray<Offering>
}

const sizesOf = ({ nodes, spec }: Cluster): Readonly<Record<string, number>> =>
  Object.fromEntries(
    spec.nodePools.map(({ name }) => [
      name,
      nodes.filter(({ pool, state }) => pool === name && state !== "leaving" && state !== "gone").length
    ])
  )

/** The loop's parts, for whoever runs its rounds. The memory of pools too large lives as long as these options do. */
export const autoscaleOptions = (options: AutoscaleOptions): ControlOptions<Seen, ScaleDecision> => {
  const { cluster, clusters, everyMs = 10_000 } = options
  let memory: ScaleMemory = {}
  return {
    name: `autoscale ${cluster}`,
    everyMs,
    observe: Effect.gen(function* () {
      const takenAtMs = yield* Clock.currentTimeMillis
      const seen = yield* clusters.getCluster(cluster)
      const pods = yield* options.pods
      const offerings = yield* options.offerings
      return { takenAtMs, seen: { cluster: seen, snapshot: { takenAtMs, nodes: seen.nodes, pods }, offerings } }
    }),
    decide: ({ cluster: seen, offerings, snapshot }, nowMs) => {
      if (seen.state === "deleting") return undefined
      const decision = scalePools({ spec: seen.spec, sizes: sizesOf(seen), snapshot, offerings, nowMs, memory })
      memory = decision.memory
      return decision.changes.length === 0 ? undefined : decision
    },
    // Pools do not wait for each other: one may be sold out while the next grows.
    act: (decision) =>
      Effect.andThen(
        options.onDecision?.(decision) ?? Effect.void,
        Effect.forEach(decision.changes, ({ pool, to }) => clusters.scalePool(cluster, pool, to), {
          concurrency: "unbounded",
          discard: true
        })
      ),
    ...(options.onRound === undefined ? {} : { onRound: options.onRound })
  }
}

/** Sizes a cluster's pools by the pods there are, for ever. */
export const autoscale = (options: AutoscaleOptions): Effect.Effect<never> => control(autoscaleOptions(options))
