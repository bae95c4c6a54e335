import type { PodAffinityTerm } from "../../model/Pod.ts"
import { selects } from "../../model/Requirement.ts"
import type { Pod } from "../../model/Snapshot.ts"
import type { Place } from "../Occupancy.ts"

/** Whether a term, written in `namespace`, speaks of this pod. */
export const speaksOf = (term: PodAffinityTerm, namespace: string, pod: Pod): boolean =>
  pod.namespace === namespace && selects(term.labelSelector, pod.labels)

/** The places in the same part of the cluster as this one; none where the place is in no such part. */
export const together = (topologyKey: string, place: Place, places: ReadonlyArray<Place>): ReadonlyArray<Place> => {
  const part = place.labels[topologyKey]
  return part === undefined ? [] : places.filter(({ labels }) => labels[topologyKey] === part)
}

/** How a term is written in a reason. */
export const printTerm = ({ labelSelector, topologyKey }: PodAffinityTerm): string => {
  const labels = Object.entries(labelSelector.matchLabels).map(([key, value]) => `${key}=${value}`)
  const expressions = labelSelector.matchExpressions.map(({ key, operator }) => `${key} ${operator}`)
  return `pods with ${[...labels, ...expressions].join(", ") || "any labels"} by ${topologyKey}`
}
