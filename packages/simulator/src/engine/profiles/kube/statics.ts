import { divide } from "./fit.ts"
import type { KubeNode, PodClass } from "./model.ts"
import { meetsNodeAffinity, softTaintCount, termSelects, toleratesCordon, toleratesNode } from "./nodeMatch.ts"
import type { Profile } from "./profile.ts"
import { type Refusal, refusals } from "./reasons.ts"
import { volumeChecks } from "./volumes.ts"
import type { World } from "./world.ts"

const mebibyte = 1024 * 1024
const imageScoreFrom = 23 * mebibyte
const imageScoreTo = 1000 * mebibyte

/** How the profile's own affinity and the pod's refuse a node, whatever runs on it. */
const staticRefusal = (podClass: PodClass, profile: Profile): ((node: KubeNode) => Refusal | undefined) => {
  const { filters, addedNodeTerms } = profile
  const cordoned = filters.has("NodeUnschedulable") && !toleratesCordon(podClass)
  return (node) => {
    if (cordoned && node.unschedulable) return refusals.unschedulable
    if (filters.has("TaintToleration") && !toleratesNode(podClass, node)) return refusals.taint
    if (!filters.has("NodeAffinity")) return undefined
    if (addedNodeTerms?.some((term) => termSelects(term, node)) === false) return refusals.enforcedAffinity
    return meetsNodeAffinity(podClass, node) ? undefined : refusals.affinity
  }
}

/** The images of all nodes: the size first seen, and on how many nodes. */
const imageSpread = (world: World): ReadonlyMap<string, { readonly sizeBytes: number; readonly nodes: number }> => {
  const spread = new Map<string, { sizeBytes: number; nodes: number }>()
  for (const node of world.objects.nodes) {
    const seen = new Set<string>()
    for (const image of node.images) {
      for (const name of image.names) {
        const known = spread.get(name)
        if (known === undefined) spread.set(name, { sizeBytes: image.sizeBytes, nodes: 1 })
        else if (!seen.has(name)) known.nodes++
        seen.add(name)
      }
    }
  }
  return spread
}

const imageScorer = (world: World, podClass: PodClass): ((node: KubeNode) => number) => {
  const spread = imageSpread(world)
  const top = imageScoreTo * podClass.containerCount
  return (node) => {
    const names = new Set(node.images.flatMap((image) => image.names))
    let sum = 0
    for (const image of podClass.images) {
      const found = names.has(image) ? spread.get(image) : undefined
      if (found !== undefined) sum += Math.trunc(found.sizeBytes * (found.nodes / world.nodes.length))
    }
    const clamped = sum < imageScoreFrom ? imageScoreFrom : Math.min(sum, top)
    return divide(100 * (clamped - imageScoreFrom), top - imageScoreFrom)
  }
}

/** What a pod class finds on each node, whatever runs there. */
export interface Statics {
  readonly refusal: ReadonlyArray<Refusal | undefined>
  readonly volumeRefusal: ReadonlyArray<Refusal | undefined> | undefined
  readonly softTaints: Int32Array
  readonly softTaintsNowhere: boolean
  /** Undefined where nothing is preferred. */
  readonly nodeAffinity: Int32Array | undefined
  readonly image: Int32Array
}

const asKey = (_: string, value: unknown): unknown => (value instanceof Map ? [...value] : value)

/** Keeps what was found about nodes for all pod classes that ask the same of them, however much they request. */
export class StaticsCache {
  readonly #byKey = new Map<string, Statics>()
  readonly #entriesMax: number

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax
  }

  /** What a pod class finds on each node. */
  of(world: World, profile: Profile, podClass: PodClass): Statics {
    const { nodeSelector, nodeTerms, preferredNodeTerms, tolerations, images, containerCount, claims } = podClass
    const space = claims.length > 0 ? podClass.namespace : ""
    const asked = [nodeSelector, nodeTerms, preferredNodeTerms, tolerations, images, containerCount, claims, space]
    const key = JSON.stringify([profile.schedulerName, ...asked], asKey)
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    if (this.#byKey.size >= this.#entriesMax) this.#byKey.clear()
    const found = staticsOf(world, profile, podClass)
    this.#byKey.set(key, found)
    return found
  }
}

/** Looks at every node once for a pod class. */
const staticsOf = (world: World, profile: Profile, podClass: PodClass): Statics => {
  const preferred =
    podClass.preferredNodeTerms === undefined && profile.addedPreferredNodeTerms === undefined
      ? undefined
      : [...(profile.addedPreferredNodeTerms ?? []), ...(podClass.preferredNodeTerms ?? [])]
  const imageScore = imageScorer(world, podClass)
  const softTaints = Int32Array.from(world.nodes, (node) => softTaintCount(podClass, node))
  return {
    refusal: world.nodes.map(staticRefusal(podClass, profile)),
    volumeRefusal: volumeChecks(world.objects, podClass, profile, world.nodes),
    softTaints,
    softTaintsNowhere: softTaints.every((count) => count === 0),
    nodeAffinity:
      preferred &&
      Int32Array.from(world.nodes, (node) =>
        preferred.reduce((sum, term) => sum + (termSelects(term, node) ? term.weight : 0), 0)
      ),
    image: Int32Array.from(world.nodes, imageScore)
  }
}
