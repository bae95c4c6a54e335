import type { KubeClaim, KubeObjects, KubeVolume, PodClass, VolumeSource } from "./model.ts"

/** The name of a claim that is unique in the cluster. */
export const claimKey = (namespace: string, name: string): string => `${namespace}/${name}`

/** Claims and volumes by name, which are bound to each other by now, and how many placed pods use each claim. */
export class ClaimBook {
  readonly volumes: ReadonlyMap<string, KubeVolume>
  /** Moves on when a claim is bound. */
  version = 0
  readonly #claims: ReadonlyMap<string, KubeClaim>
  readonly #volumeOf = new Map<string, string>()
  readonly #nodeOf = new Map<string, string>()
  readonly #taken = new Set<string>()
  readonly #users = new Map<string, number>()

  constructor({ claims, volumes }: KubeObjects) {
    this.volumes = new Map(volumes.map((one) => [one.name, one]))
    this.#claims = new Map(claims.map((one) => [claimKey(one.namespace, one.name), one]))
    for (const { name, namespace, selectedNode, volumeName } of claims) {
      if (volumeName !== undefined) this.#taken.add(volumeName)
      if (selectedNode !== undefined) this.#nodeOf.set(claimKey(namespace, name), selectedNode)
    }
  }

  /** A claim of a pod, as it is now; undefined where there is none. */
  claim({ namespace }: PodClass, name: string): KubeClaim | undefined {
    const key = claimKey(namespace, name)
    const claim = this.#claims.get(key)
    if (claim === undefined) return undefined
    return {
      ...claim,
      volumeName: claim.volumeName ?? this.#volumeOf.get(key),
      selectedNode: this.#nodeOf.get(key)
    }
  }

  /** What is attached for a claim: its volume, or one that its class would make. */
  attachable(key: string): Omit<VolumeSource, "isMoved"> | undefined {
    const claim = this.#claims.get(key)
    if (claim === undefined) return undefined
    const volume = this.volumes.get(claim.volumeName ?? this.#volumeOf.get(key) ?? "")
    if (volume !== undefined) return volume.source
    return claim.driver === undefined ? undefined : { driver: claim.driver, handle: `for ${key}` }
  }

  /** Whether a claim other than the one it is kept for may have the volume. */
  isFree(volume: KubeVolume): boolean {
    return volume.claim === undefined && volume.isAvailable && !this.#taken.has(volume.name)
  }

  /** A claim gets a volume that was there. */
  bind({ namespace, name }: KubeClaim, volume: string): void {
    this.#volumeOf.set(claimKey(namespace, name), volume)
    this.#taken.add(volume)
    this.version++
  }

  /** A volume is to be made for a claim where a node reaches it. */
  provision({ namespace, name }: KubeClaim, node: string): void {
    this.#nodeOf.set(claimKey(namespace, name), node)
    this.version++
  }

  /** Counts one more or one fewer pod that uses the claims of a class. */
  shift({ claims, namespace }: PodClass, delta: 1 | -1): void {
    for (const name of claims) {
      const key = claimKey(namespace, name)
      this.#users.set(key, (this.#users.get(key) ?? 0) + delta)
    }
  }

  /** Whether a pod uses a claim of the class that only one pod may use. */
  isTaken(podClass: PodClass): boolean {
    return podClass.claims.some(
      (name) =>
        (this.#users.get(claimKey(podClass.namespace, name)) ?? 0) > 0 &&
        (this.claim(podClass, name)?.accessModes.includes("ReadWriteOncePod") ?? false)
    )
  }
}
