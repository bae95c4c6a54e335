import type { Node } from "../../model/Node.ts"
import type { NodePool } from "../../model/NodePool.ts"
import type { Offering } from "../../model/Offering.ts"

/** What one more machine of a pool would be, and how many more there may be. */
export interface Kind {
  readonly pool: NodePool
  readonly offering: Offering
  readonly room: number
}

/** One machine to launch, and the pods it is for. */
export interface Launch {
  readonly pool: string
  readonly offering: Offering
  readonly pods: ReadonlyArray<string>
}

/** A machine that does not exist yet, as a node that is up. */
export const imagined = ({ offering, pool }: Pick<Kind, "offering" | "pool">, name: string): Node => ({
  name,
  id: name,
  cluster: "",
  pool: pool.name,
  state: "ready",
  schedulable: true,
  instanceType: offering.instanceType,
  zone: offering.zone,
  market: offering.market,
  labels: { ...offering.labels, ...pool.labels },
  taints: pool.taints,
  capacity: offering.capacity,
  microUsdPerHour: offering.microUsdPerHour,
  createdAtMs: 0
})
