import type { KubeObjects, PodClass, PodTerm, SpreadConstraint } from "./model.ts"
import type { Profile } from "./profile.ts"
import { selects } from "./selector.ts"
import type { Spreading } from "./spreadDefaults.ts"

/** A count over the values of a label, by its key, and how much one pod adds to it. */
export interface Share {
  readonly key: string
  readonly weight: number
}

/** What one pod of a class changes in the counts that another class looks at. */
export interface Relation {
  /** The constraints whose counts it is in. */
  readonly hard: ReadonlyArray<number>
  readonly soft: ReadonlyArray<number>
  /** The hard constraints whose counts move when preemption tries without it. */
  readonly hardShift: ReadonlyArray<number>
  readonly existingAnti: ReadonlyArray<string>
  readonly affinity: ReadonlyArray<string>
  readonly anti: ReadonlyArray<string>
  readonly score: ReadonlyArray<Share>
  readonly isEmpty: boolean
}

const none: ReadonlyMap<string, string> = new Map()

/**
 * Whether a term of the incoming pod matches another pod. The namespaces its selector names are already unrolled,
 * yet the real scheduler asks the selector once more, without labels; so do we.
 */
const ownTermMatches = (objects: KubeObjects, term: PodTerm, other: PodClass): boolean => {
  const labels = objects.namespaces.get(other.namespace)
  const reaches =
    term.namespaces.includes(other.namespace) ||
    (labels !== undefined && selects(term.namespaceSelector, labels)) ||
    selects(term.namespaceSelector, none)
  return reaches && selects(term.selector, other.labels)
}

const theirTermMatches = (objects: KubeObjects, term: PodTerm, incoming: PodClass): boolean =>
  (term.namespaces.includes(incoming.namespace) ||
    selects(term.namespaceSelector, objects.namespaces.get(incoming.namespace) ?? none)) &&
  selects(term.selector, incoming.labels)

/** Whether the pod matches all of its own affinity terms, so that it may be the first of its kind. */
export const matchesItself = (objects: KubeObjects, podClass: PodClass): boolean =>
  podClass.affinity.every((term) => ownTermMatches(objects, term, podClass))

const matching = (
  constraints: ReadonlyArray<SpreadConstraint>,
  holds: (one: SpreadConstraint) => boolean
): ReadonlyArray<number> => constraints.flatMap((one, index) => (holds(one) ? [index] : []))

/** What one pod of `other` means to pods of `incoming`. */
export const relate = (
  objects: KubeObjects,
  profile: Profile,
  incoming: PodClass,
  spreading: Spreading,
  other: PodClass
): Relation => {
  const near = other.namespace === incoming.namespace
  const shifts = (one: SpreadConstraint): boolean => near && selects(one.selector, other.labels)
  const counted = (one: SpreadConstraint): boolean =>
    !other.terminating && (one.selector?.length ?? 0) > 0 && shifts(one)
  const matched = (terms: ReadonlyArray<PodTerm>): ReadonlyArray<PodTerm> =>
    terms.filter((term) => ownTermMatches(objects, term, other))
  const theirs = (terms: ReadonlyArray<PodTerm>): ReadonlyArray<PodTerm> =>
    terms.filter((term) => theirTermMatches(objects, term, incoming))
  const wants = incoming.preferredAffinity.length + incoming.preferredAntiAffinity.length > 0
  const scored = wants || !profile.ignorePreferredTermsOfExistingPods
  const share = (terms: ReadonlyArray<PodTerm>, sign: 1 | -1): ReadonlyArray<Share> =>
    terms.map((term) => ({ key: term.topologyKey, weight: sign * term.weight }))
  const hardShare = profile.hardPodAffinityWeight > 0 ? theirs(other.affinity) : []
  const all = incoming.affinity.length > 0 && matched(incoming.affinity).length === incoming.affinity.length
  const draft = {
    hard: matching(spreading.hard, counted),
    soft: matching(spreading.soft, counted),
    hardShift: matching(spreading.hard, shifts),
    existingAnti: theirs(other.antiAffinity).map((term) => term.topologyKey),
    affinity: all ? incoming.affinity.map((term) => term.topologyKey) : [],
    anti: matched(incoming.antiAffinity).map((term) => term.topologyKey),
    score: scored
      ? [
          ...share(matched(incoming.preferredAffinity), 1),
          ...share(matched(incoming.preferredAntiAffinity), -1),
          ...hardShare.map((term) => ({ key: term.topologyKey, weight: profile.hardPodAffinityWeight })),
          ...share(theirs(other.preferredAffinity), 1),
          ...share(theirs(other.preferredAntiAffinity), -1)
        ]
      : []
  }
  return { ...draft, isEmpty: Object.values(draft).every((list) => list.length === 0) }
}
