import { type ClaimBook, claimKey } from "./ClaimBook.ts"
import type { KubeObjects, PodClass, VolumeAttachment } from "./model.ts"

/** How many volumes of each driver nodes may have attached, and which they have. */
export class VolumeLimits {
  readonly #claims: ClaimBook
  readonly #limits: KubeObjects["attachLimits"]
  readonly #attached = new Map<string, Array<VolumeAttachment>>()
  /** How many pods use each claim, per node. */
  readonly #uses: Array<Map<string, number> | undefined> = []

  constructor({ attachLimits, attachments }: KubeObjects, claims: ClaimBook) {
    this.#claims = claims
    this.#limits = attachLimits
    for (const one of attachments) {
      const others = this.#attached.get(one.node)
      if (others === undefined) this.#attached.set(one.node, [one])
      else others.push(one)
    }
  }

  /** Counts one more or one fewer pod on a node that uses the claims of a class. */
  shift({ claims, namespace }: PodClass, node: number, delta: 1 | -1): void {
    this.#uses[node] ??= new Map()
    const uses = this.#uses[node]
    for (const name of claims) {
      const key = claimKey(namespace, name)
      uses.set(key, (uses.get(key) ?? 0) + delta)
    }
  }

  /** Whether the volumes of a pod can be attached to a node beside those that are. */
  allows({ claims, namespace }: PodClass, index: number, node: string): boolean {
    const limits = this.#limits.get(node)
    if (limits === undefined || limits.size === 0) return true
    const wanted = this.#volumes(claims.map((name) => claimKey(namespace, name)))
    const there = this.#usedOn(index)
    for (const handle of there.keys()) wanted.delete(handle)
    // What the cluster has attached but no pod uses takes a place too, and gives none to a pod that wants it.
    const counted = new Map([...this.#attachedTo(node), ...there])
    return [...limits].every(([driver, max]) => {
      const more = countOf(wanted, driver)
      return more === 0 || countOf(counted, driver) + more <= max
    })
  }

  #usedOn(index: number): Map<string, string> {
    const used = [...(this.#uses[index] ?? [])].filter(([, count]) => count > 0)
    return this.#volumes(used.map(([key]) => key))
  }

  /** The drivers of the volumes behind claims, by the volumes' handles. */
  #volumes(keys: ReadonlyArray<string>): Map<string, string> {
    const found = keys.flatMap((key) => this.#claims.attachable(key) ?? [])
    return new Map(found.map(({ driver, handle }) => [`${driver}/${handle}`, driver]))
  }

  #attachedTo(node: string): ReadonlyArray<readonly [string, string]> {
    return (this.#attached.get(node) ?? []).flatMap(({ attacher, volume }) => {
      const source = this.#claims.volumes.get(volume)?.source
      return source === undefined || source.isMoved ? [] : [[`${source.driver}/${source.handle}`, attacher]]
    })
  }
}

const countOf = (volumes: ReadonlyMap<string, string>, driver: string): number =>
  [...volumes.values()].filter((one) => one === driver).length
