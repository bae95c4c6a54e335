import type { KubeObjects, PodClass, SpreadConstraint } from "./model.ts"
import type { Profile } from "./profile.ts"
import { type Selector, selectorOfLabels, selects } from "./selector.ts"

/** The constraints of pods that set none, where nobody configured others. */
const systemConstraints = [
  { topologyKey: "kubernetes.io/hostname", maxSkew: 3 },
  { topologyKey: "topology.kubernetes.io/zone", maxSkew: 5 }
].map(
  (one): SpreadConstraint => ({
    ...one,
    hard: false,
    selector: undefined,
    minDomains: 1,
    honorAffinity: true,
    honorTaints: false
  })
)

/** What selects the pods beside which this one should not gather: its services and its controller. */
const gatheringSelector = (objects: KubeObjects, podClass: PodClass): Selector => {
  const services = objects.services.filter(
    (one) => one.namespace === podClass.namespace && selects(selectorOfLabels(one.selector), podClass.labels)
  )
  const labels = selectorOfLabels(new Map(services.flatMap((one) => [...one.selector])))
  const { owner } = podClass
  const controller =
    owner &&
    objects.controllers.find(
      (one) => one.kind === owner.kind && one.name === owner.name && one.namespace === podClass.namespace
    )
  const own = controller?.selector ?? []
  // The labels of a replication controller take the place of the services' own; other selectors are added to them.
  if (owner?.kind !== "ReplicationController") return [...labels, ...own]
  return [...labels.filter(({ key }) => !own.some((one) => one.key === key)), ...own]
}

/** The constraints that hold for a pod, and whether a node must have all their labels to be scored. */
export interface Spreading {
  readonly hard: ReadonlyArray<SpreadConstraint>
  readonly soft: ReadonlyArray<SpreadConstraint>
  readonly allLabels: boolean
}

/** A pod's own constraints, or the default ones. */
export const spreadingOf = (objects: KubeObjects, podClass: PodClass, profile: Profile): Spreading => {
  const split = (constraints: ReadonlyArray<SpreadConstraint>, allLabels: boolean): Spreading => ({
    hard: constraints.filter((one) => one.hard),
    soft: constraints.filter((one) => !one.hard),
    allLabels
  })
  if (podClass.spread.length > 0) return split(podClass.spread, true)
  const system = profile.defaultSpread === "system"
  const selector = gatheringSelector(objects, podClass)
  if (selector === undefined || selector.length === 0) return split([], true)
  const constraints = profile.defaultSpread === "system" ? systemConstraints : profile.defaultSpread
  return split(
    constraints.map((one) => ({ ...one, selector })),
    !system
  )
}
