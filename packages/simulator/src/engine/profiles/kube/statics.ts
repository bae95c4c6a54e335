import { grownInts } from "./grown.ts"
import type { KubeNode, PodClass } from "./model.ts"
import { meetsNodeAffinity, softTaintCount, termSelects, toleratesCordon, toleratesNode } from "./nodeMatch.ts"
import type { Profile } from "./profile.ts"
import { type Refusal, refusals } from "./reasons.ts"
import { volumeCheck } from "./volumes.ts"
import type { World } from "./world.ts"

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

/** What a pod class finds on each node, whatever runs there. */
export class Statics {
  readonly refusal: Array<Refusal | undefined> = []
  readonly volumeRefusal: Array<Refusal | undefined> | undefined
  softTaints = new Int32Array(0)
  /** Undefined where nothing is preferred. */
  nodeAffinity: Int32Array<ArrayBuffer> | undefined
  readonly #world: World
  readonly #podClass: PodClass
  readonly #refuses: (node: KubeNode) => Refusal | undefined
  readonly #refusesVolumes: ((node: KubeNode) => Refusal | undefined) | undefined
  readonly #preferred: ReadonlyArray<{ readonly weight: number } & Parameters<typeof termSelects>[0]>
  #cursor: number
  #softlyTainted = 0

  constructor(world: World, profile: Profile, podClass: PodClass) {
    this.#world = world
    this.#podClass = podClass
    this.#refuses = staticRefusal(podClass, profile)
    this.#refusesVolumes = volumeCheck(world.claims, podClass, profile)
    this.volumeRefusal = this.#refusesVolumes && []
    this.#preferred = [...(profile.addedPreferredNodeTerms ?? []), ...(podClass.preferredNodeTerms ?? [])]
    const prefers = podClass.preferredNodeTerms !== undefined || profile.addedPreferredNodeTerms !== undefined
    this.nodeAffinity = prefers ? new Int32Array(0) : undefined
    this.#grow()
    this.#cursor = world.nodeChanges.length
    for (let node = 0; node < world.nodes.length; node++) this.#look(node)
  }

  #grow(): void {
    const count = this.#world.nodes.length
    this.softTaints = grownInts(this.softTaints, count)
    if (this.nodeAffinity !== undefined) this.nodeAffinity = grownInts(this.nodeAffinity, count)
  }

  /** Looks again at nodes that changed. */
  update(): void {
    const { nodeChanges } = this.#world
    if (this.#cursor === nodeChanges.length) return
    this.#grow()
    for (; this.#cursor < nodeChanges.length; this.#cursor++) this.#look(nodeChanges[this.#cursor] as number)
  }

  #look(index: number): void {
    const node = this.#world.nodes[index] as KubeNode
    this.refusal[index] = this.#refuses(node)
    if (this.volumeRefusal !== undefined) this.volumeRefusal[index] = this.#refusesVolumes?.(node)
    const taints = this.#world.isLive(index) ? softTaintCount(this.#podClass, node) : 0
    this.#softlyTainted += (taints > 0 ? 1 : 0) - ((this.softTaints[index] as number) > 0 ? 1 : 0)
    this.softTaints[index] = taints
    if (this.nodeAffinity === undefined) return
    let sum = 0
    for (const term of this.#preferred) if (termSelects(term, node)) sum += term.weight
    this.nodeAffinity[index] = sum
  }

  /** Whether no node has a taint that the class would rather avoid. */
  get softTaintsNowhere(): boolean {
    return this.#softlyTainted === 0
  }
}

const asKey = (_: string, value: unknown): unknown => (value instanceof Map ? [...value] : value)

/** Keeps what was found about nodes for all pod classes that ask the same of them, however much they request. */
export class StaticsCache {
  readonly #byKey = new Map<string, Statics>()

  /** What a pod class finds on each node; at most so many are kept. */
  of(world: World, profile: Profile, podClass: PodClass, entriesMax: number): Statics {
    const { nodeSelector, nodeTerms, preferredNodeTerms, tolerations, claims } = podClass
    const storage = claims.length > 0 ? [podClass.namespace, claims, world.claims.version] : []
    const asked = [nodeSelector, nodeTerms, preferredNodeTerms, tolerations, ...storage]
    const key = JSON.stringify([profile.schedulerName, ...asked], asKey)
    const known = this.#byKey.get(key)
    if (known !== undefined) {
      known.update()
      return known
    }
    if (this.#byKey.size >= entriesMax) this.#byKey.clear()
    const found = new Statics(world, profile, podClass)
    this.#byKey.set(key, found)
    return found
  }
}
