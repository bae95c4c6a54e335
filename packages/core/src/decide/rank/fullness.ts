import { requestOf } from "../../model/Pod.ts"
import { kinds, plus } from "../../model/Resources.ts"
import type { Candidacy } from "../filter/Filter.ts"

/** Fullness of a node on which nothing is free. */
export const fullnessMax = 10_000

/**
 * How full the node would be with the pod, averaged over the kinds of resource it has. A node with GPUs that the pod
 * does not want counts as emptier, so that work without need of them leaves them alone.
 */
export const fullness = ({ place: { node, used }, pod }: Candidacy): number => {
  const filled = plus(used, requestOf(pod.spec))
  const present = kinds.filter((kind) => node.capacity[kind] > 0)
  const shares = present.map((kind) =>
    Math.floor((Math.min(filled[kind], node.capacity[kind]) / node.capacity[kind]) * fullnessMax)
  )
  return present.length === 0 ? 0 : Math.floor(shares.reduce((sum, share) => sum + share, 0) / present.length)
}
