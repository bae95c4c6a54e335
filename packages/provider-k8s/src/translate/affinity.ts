import type { Affinity, NodeSelectorTerm, PodAffinityTerm } from "@orrery/core"
import type { V1Affinity, V1NodeSelectorTerm, V1PodAffinityTerm } from "../Client.ts"
import type { Wire } from "../objects/wire.ts"
import { fromRequirement, fromSelector, toRequirement, toSelector } from "./selector.ts"

type WireAffinity = Wire<V1Affinity>
type NodeAffinity = NonNullable<Affinity["nodeAffinity"]>
type PodAffinity = NonNullable<Affinity["podAffinity"]>
type WirePodAffinity = NonNullable<WireAffinity["podAffinity"]>

const toNodeTerm = ({ matchExpressions }: NodeSelectorTerm): Wire<V1NodeSelectorTerm> => ({
  matchExpressions: matchExpressions.map(toRequirement)
})
const fromNodeTerm = ({ matchExpressions = [] }: Wire<V1NodeSelectorTerm>): NodeSelectorTerm => ({
  matchExpressions: matchExpressions.map(fromRequirement)
})
const toPodTerm = ({ labelSelector, topologyKey }: PodAffinityTerm): Wire<V1PodAffinityTerm> => ({
  topologyKey,
  labelSelector: toSelector(labelSelector)
})
const fromPodTerm = ({ labelSelector, topologyKey }: Wire<V1PodAffinityTerm>): PodAffinityTerm => ({
  topologyKey,
  labelSelector: fromSelector(labelSelector)
})

const toNodeAffinity = ({ preferred, required }: NodeAffinity): NonNullable<WireAffinity["nodeAffinity"]> => ({
  ...(required.length === 0
    ? {}
    : { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: required.map(toNodeTerm) } }),
  ...(preferred.length === 0
    ? {}
    : {
        preferredDuringSchedulingIgnoredDuringExecution: preferred.map(({ term, weight }) => ({
          weight,
          preference: toNodeTerm(term)
        }))
      })
})

const fromNodeAffinity = (affinity: NonNullable<WireAffinity["nodeAffinity"]>): NodeAffinity => ({
  required: (affinity.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []).map(fromNodeTerm),
  preferred: (affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ preference, weight }) => ({
    weight,
    term: fromNodeTerm(preference)
  }))
})

const toPodAffinity = ({ preferred, required }: PodAffinity): WirePodAffinity => ({
  ...(required.length === 0 ? {} : { requiredDuringSchedulingIgnoredDuringExecution: required.map(toPodTerm) }),
  ...(preferred.length === 0
    ? {}
    : {
        preferredDuringSchedulingIgnoredDuringExecution: preferred.map(({ term, weight }) => ({
          weight,
          podAffinityTerm: toPodTerm(term)
        }))
      })
})

const fromPodAffinity = (affinity: WirePodAffinity): PodAffinity => ({
  required: (affinity.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(fromPodTerm),
  preferred: (affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm, weight }) => ({
    weight,
    term: fromPodTerm(podAffinityTerm)
  }))
})

/** Where pods must or would rather be. */
export const toAffinity = ({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity): WireAffinity => ({
  ...(nodeAffinity === undefined ? {} : { nodeAffinity: toNodeAffinity(nodeAffinity) }),
  ...(podAffinity === undefined ? {} : { podAffinity: toPodAffinity(podAffinity) }),
  ...(podAntiAffinity === undefined ? {} : { podAntiAffinity: toPodAffinity(podAntiAffinity) })
})

/** The same as Kubernetes has it. */
export const fromAffinity = ({ nodeAffinity, podAffinity, podAntiAffinity }: WireAffinity): Affinity => ({
  ...(nodeAffinity === undefined ? {} : { nodeAffinity: fromNodeAffinity(nodeAffinity) }),
  ...(podAffinity === undefined ? {} : { podAffinity: fromPodAffinity(podAffinity) }),
  ...(podAntiAffinity === undefined ? {} : { podAntiAffinity: fromPodAffinity(podAntiAffinity) })
})
