import type { Node } from "../model/Node.ts"
import type { NodePool } from "../model/NodePool.ts"
import type { Market } from "../model/Offering.ts"

/** How many machines of a pool there are, and how many of them are spot machines. */
export interface Mix {
  readonly spot: number
  readonly total: number
}

/** The mix of the machines there are. */
export const mixOf = (machines: ReadonlyArray<Pick<Node, "market">>): Mix => ({
  spot: machines.filter(({ market }) => market === "spot").length,
  total: machines.length
})

/** The mix once there is one more machine of this market. */
export const withOne = ({ spot, total }: Mix, market: Market): Mix => ({
  spot: market === "spot" ? spot + 1 : spot,
  total: total + 1
})

/** Whether the next machine may be a spot machine: of all there are then, no more than the pool's share are. */
export const mayAddSpot = ({ spot: wish }: Pick<NodePool, "spot">, { spot, total }: Mix): boolean =>
  (spot + 1) * 100 <= (wish?.sharePercent ?? 100) * (total + 1)
