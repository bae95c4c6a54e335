import type { Filter } from "./Filter.ts"
import { printTerm, speaksOf, together } from "./topology.ts"

/**
 * The pods it must be with must be there. Where nobody is anywhere yet and the pod itself would do, it may be the first:
 * otherwise pods that want to be together could never start.
 */
export const podAffinity: Filter = ({ occupancy, place, pod }) => {
  const terms = pod.spec.affinity?.podAffinity?.required ?? []
  if (terms.length === 0) return undefined
  const { places } = occupancy
  const unmet = terms.find(
    (term) =>
      !together(term.topologyKey, place, places).some(({ pods }) =>
        pods.some((other) => speaksOf(term, pod.namespace, other))
      )
  )
  if (unmet === undefined) return undefined
  const nobodyYet = !places.some(({ pods }) =>
    pods.some((other) => terms.some((term) => speaksOf(term, pod.namespace, other)))
  )
  const isOneOfThem = terms.every((term) => speaksOf(term, pod.namespace, pod))
  const hasTheKeys = terms.every(({ topologyKey }) => place.labels[topologyKey] !== undefined)
  return nobodyYet && isOneOfThem && hasTheKeys
    ? undefined
    : { code: "podAffinity", why: `is not with ${printTerm(unmet)}` }
}
