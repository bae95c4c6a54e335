import type { PodAffinityTerm } from "../../model/Pod.ts"
import type { Candidacy } from "../filter/Filter.ts"
import { meetsTerm } from "../filter/nodeAffinity.ts"
import { untolerated } from "../filter/taints.ts"
import { speaksOf, together } from "../filter/topology.ts"

/** A taint that prefers a pod to be elsewhere weighs as much as the pod's own strongest wish. */
const taintWeight = 100

/** Sum of the weights of what the pod would rather have and finds here, less what would rather not have it. */
export const preference = ({ occupancy, place, pod }: Candidacy): number => {
  const { nodeAffinity, podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  const isNear = (term: PodAffinityTerm): boolean =>
    together(term.topologyKey, place, occupancy.places).some(({ pods }) =>
      pods.some((other) => speaksOf(term, pod.namespace, other))
    )
  const sum = (weights: ReadonlyArray<number>): number => weights.reduce((total, weight) => total + weight, 0)
  const unwelcome = untolerated(place.node.taints, pod.spec.tolerations).filter(
    ({ effect }) => effect === "PreferNoSchedule"
  )
  return (
    sum((nodeAffinity?.preferred ?? []).filter(({ term }) => meetsTerm(term, place.labels)).map((it) => it.weight)) +
    sum((podAffinity?.preferred ?? []).filter(({ term }) => isNear(term)).map((it) => it.weight)) -
    sum((podAntiAffinity?.preferred ?? []).filter(({ term }) => isNear(term)).map((it) => it.weight)) -
    unwelcome.length * taintWeight
  )
}
