import type { ClusterSpec } from "../model/ClusterSpec.ts"
import type { Labels } from "../model/Labels.ts"
import type { NodePool } from "../model/NodePool.ts"
import type { Runtime } from "../model/Runtime.ts"
import { remembered } from "../model/remembered.ts"
import type { Taint } from "../model/Taint.ts"
import { derivedToken } from "./derivedToken.ts"

const sortedEntries = (labels: Labels): ReadonlyArray<readonly [string, string]> =>
  Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))

const sortedTaints = (taints: ReadonlyArray<Taint>): ReadonlyArray<string> =>
  taints.map(({ effect, key, value }) => JSON.stringify([key, value ?? "", effect])).toSorted()

/**
 * A short fingerprint of all that makes a machine of this pool outdated once it changes: machine types, labels, taints,
 * image, disk, spot and the runtime of containers. Sizes, zones and prices of the market do not count, nor does the order of
 * labels and taints.
 */
export const templateOf = ({ labels, runtime }: Pick<ClusterSpec, "labels" | "runtime">, pool: NodePool): string =>
  (runtime === undefined ? templatesWith(labels) : templatesRunning(runtime)(labels))(pool)

const templatesRunning = remembered(({ type, version = "" }: Runtime) =>
  remembered((labels: Labels) =>
    remembered((pool: NodePool) => fingerprint([templatesWith(labels)(pool), type, version]))
  )
)

const fingerprint = (parts: ReadonlyArray<string>): string => derivedToken(parts).slice(0, 12)

const templatesWith = remembered((labels: Labels) =>
  remembered((pool: NodePool) =>
    fingerprint([
      JSON.stringify(pool.instanceTypes),
      JSON.stringify(sortedEntries({ ...labels, ...pool.labels })),
      JSON.stringify(sortedTaints(pool.taints)),
      pool.image ?? "",
      String(pool.diskBytes ?? ""),
      pool.spot?.enabled === true ? `spot ${pool.spot.maxMicroUsdPerHour ?? ""}` : "on-demand"
    ])
  )
)
