import type { Filter } from "./Filter.ts"
import { printTerm, speaksOf, together } from "./topology.ts"

/** Pods that must be apart are apart, whichever of the two says so. */
export const podAntiAffinity: Filter = ({ occupancy, place, pod }) => {
  const own = pod.spec.affinity?.podAntiAffinity?.required ?? []
  if (own.length === 0 && !occupancy.hasRepelling) return undefined
  const { places } = occupancy
  for (const term of own)
    for (const { pods } of together(term.topologyKey, place, places)) {
      const other = pods.find((other) => speaksOf(term, pod.namespace, other))
      if (other !== undefined)
        return { code: "podAntiAffinity", why: `${other.name} is there, and it must be apart from ${printTerm(term)}` }
    }
  for (const { labels, pods } of places)
    for (const other of pods)
      for (const term of other.spec.affinity?.podAntiAffinity?.required ?? []) {
        const part = labels[term.topologyKey]
        if (part !== undefined && part === place.labels[term.topologyKey] && speaksOf(term, other.namespace, pod))
          return { code: "podAntiAffinity", why: `${other.name} is there and must be apart from it` }
      }
  return undefined
}
