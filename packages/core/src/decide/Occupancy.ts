import type { Labels } from "../model/Labels.ts"
import type { Node } from "../model/Node.ts"
import { requestOf } from "../model/Pod.ts"
import { minus, none, plus, type Resources } from "../model/Resources.ts"
import type { Pod } from "../model/Snapshot.ts"
import { nodeLabels } from "./nodeLabels.ts"

/** Whether a pod takes up room: it has a node and has not ended. */
export const occupies = (pod: Pod): boolean =>
  pod.node !== undefined && pod.state !== "succeeded" && pod.state !== "failed"

/** Whether a pod keeps others away from where it is. */
const repels = ({ spec }: Pod): boolean => (spec.affinity?.podAntiAffinity?.required.length ?? 0) > 0

/** One node and what is on it. */
export interface Place {
  readonly node: Node
  readonly labels: Labels
  readonly pods: ReadonlyArray<Pod>
  readonly used: Resources
}

/** Which pods are on which nodes. Mutable, and never seen outside the decision that made it. */
export class Occupancy {
  readonly #places = new Map<string, Place>()
  #repelling = 0

  constructor(nodes: ReadonlyArray<Node>, pods: ReadonlyArray<Pod>) {
    for (const node of nodes) this.open(node)
    for (const pod of pods) if (pod.node !== undefined && occupies(pod)) this.add(pod, pod.node)
  }

  get places(): ReadonlyArray<Place> {
    return [...this.#places.values()]
  }
  /** Whether any pod here keeps others away; where none does, nobody need look for it. */
  get hasRepelling(): boolean {
    return this.#repelling > 0
  }
  on(node: string): Place | undefined {
    return this.#places.get(node)
  }
  open(node: Node): void {
    this.#places.set(node.name, { node, labels: nodeLabels(node), pods: [], used: none })
  }
  /** Takes a node away, and gives the pods that were on it. */
  close(node: string): ReadonlyArray<Pod> {
    const pods = this.on(node)?.pods ?? []
    this.#places.delete(node)
    this.#repelling -= pods.filter(repels).length
    return pods
  }
  /** Puts a pod on a node; pods on nodes that are not here do not count. */
  add(pod: Pod, node: string): void {
    const place = this.on(node)
    if (place === undefined) return
    this.#places.set(node, { ...place, pods: [...place.pods, pod], used: plus(place.used, requestOf(pod.spec)) })
    if (repels(pod)) this.#repelling++
  }
  remove(pod: Pod, node: string): void {
    const place = this.on(node)
    if (place?.pods.includes(pod) !== true) return
    const pods = place.pods.filter((other) => other !== pod)
    this.#places.set(node, { ...place, pods, used: minus(place.used, requestOf(pod.spec)) })
    if (repels(pod)) this.#repelling--
  }
}
