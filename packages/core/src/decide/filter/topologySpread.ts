import type { TopologySpread } from "../../model/Pod.ts"
import type { Pod } from "../../model/Snapshot.ts"
import type { Place } from "../Occupancy.ts"
import type { Candidacy, Filter } from "./Filter.ts"
import { nodeAffinity } from "./nodeAffinity.ts"
import { nodeSelector } from "./nodeSelector.ts"
import { printTerm, speaksOf } from "./topology.ts"

/** How many pods that the constraint speaks of are in each part of the cluster where this pod could be. */
const countsOf = (
  constraint: TopologySpread,
  pod: Pod,
  places: ReadonlyArray<Place>,
  isOpen: (place: Place) => boolean
) => {
  const counts = new Map<string, number>()
  for (const place of places) {
    const part = place.labels[constraint.topologyKey]
    if (part === undefined || !isOpen(place)) continue
    const theirs = place.pods.filter((other) => speaksOf(constraint, pod.namespace, other)).length
    counts.set(part, (counts.get(part) ?? 0) + theirs)
  }
  return counts
}

/** Pods that are spread do not gather: no part of the cluster gets more than its skew above the part with the fewest. */
export const topologySpread: Filter = (candidacy: Candidacy) => {
  const { occupancy, place, pod } = candidacy
  for (const constraint of pod.spec.topologySpread ?? []) {
    if (constraint.whenUnsatisfiable === "ScheduleAnyway") continue
    const part = place.labels[constraint.topologyKey]
    const code = "topologySpread"
    if (part === undefined) return { code, why: `has no label ${constraint.topologyKey} to be spread by` }
    const isOpen = (other: Place) =>
      nodeSelector({ ...candidacy, place: other }) === undefined &&
      nodeAffinity({ ...candidacy, place: other }) === undefined
    const counts = countsOf(constraint, pod, occupancy.places, isOpen)
    const here = counts.get(part) ?? 0
    const own = speaksOf(constraint, pod.namespace, pod) ? 1 : 0
    const least = Math.min(...counts.values())
    if (here + own - least > constraint.maxSkew)
      return {
        code,
        why: `${part} has ${here} of the ${printTerm(constraint)} and the least has ${least}, one more than ${constraint.maxSkew} apart`
      }
  }
  return undefined
}
