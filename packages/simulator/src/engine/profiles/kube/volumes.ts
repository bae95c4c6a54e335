import type { ClaimBook } from "./ClaimBook.ts"
import type { KubeClaim, KubeNode, KubeVolume, PodClass } from "./model.ts"
import { termSelects } from "./nodeMatch.ts"
import type { Profile } from "./profile.ts"
import { type Refusal, refusals } from "./reasons.ts"
import { selects } from "./selector.ts"

const zoneKeys: ReadonlyMap<string, string> = new Map([
  ["failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"],
  ["failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"],
  ["topology.kubernetes.io/zone", "topology.kubernetes.io/zone"],
  ["topology.kubernetes.io/region", "topology.kubernetes.io/region"]
])

const claimsOf = (book: ClaimBook, podClass: PodClass): ReadonlyArray<KubeClaim> =>
  podClass.claims.flatMap((name) => book.claim(podClass, name) ?? [])

/** Why the pod's claims refuse every node at once, if they do. */
export const claimsRefusal = (book: ClaimBook, podClass: PodClass, { filters }: Profile): string | undefined => {
  if (podClass.claims.length === 0) return undefined
  const absent = podClass.claims.find((name) => book.claim(podClass, name) === undefined)
  if (absent !== undefined) return `persistentvolumeclaim "${absent}" not found`
  const claims = claimsOf(book, podClass)
  if (filters.has("VolumeBinding")) {
    for (const { isLeaving, isLost, name, volumeName } of claims) {
      if (isLost) return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${volumeName ?? ""}"`
      if (isLeaving) return `persistentvolumeclaim "${name}" is being deleted`
    }
    if (claims.some((one) => one.volumeName === undefined && !one.waitsForPod))
      return "pod has unbound immediate PersistentVolumeClaims"
  }
  if (!filters.has("VolumeZone")) return undefined
  const missing = claims.find((one) => one.volumeName !== undefined && !book.volumes.has(one.volumeName))
  return missing === undefined ? undefined : `persistentvolume "${missing.volumeName}" not found`
}

/** A zone label may name several zones, joined by two underscores. */
const inZone = (volume: KubeVolume, node: KubeNode): boolean =>
  [...volume.labels].every(([key, value]) => {
    const nodeKey = zoneKeys.get(key)
    if (nodeKey === undefined) return true
    const legacy = [...zoneKeys].find(([old, current]) => current === nodeKey && old !== current)?.[0] ?? ""
    const zone = node.labels.get(key) ?? node.labels.get(nodeKey) ?? node.labels.get(legacy)
    return zone !== undefined && value.split("__").includes(zone)
  })

const hasZone = (node: KubeNode): boolean => [...zoneKeys.keys()].some((key) => node.labels.has(key))

const reaches = ({ nodeTerms }: KubeVolume, node: KubeNode): boolean =>
  nodeTerms === undefined || nodeTerms.some((term) => termSelects(term, node))

const suits = (volume: KubeVolume, claim: KubeClaim): boolean =>
  volume.className === claim.className &&
  claim.accessModes.every((one) => volume.accessModes.includes(one)) &&
  (claim.selector === undefined || selects(claim.selector, volume.labels))

/** The volume that is kept for the claim, or else the smallest free one that will do. */
const matching = (
  book: ClaimBook,
  claim: KubeClaim,
  node: KubeNode,
  chosen: ReadonlySet<string>
): KubeVolume | undefined => {
  let smallest: KubeVolume | undefined
  for (const volume of book.volumes.values()) {
    if (chosen.has(volume.name) || volume.sizeBytes < claim.sizeBytes || volume.mode !== claim.mode) continue
    if (volume.claim === `${claim.namespace}/${claim.name}`) return reaches(volume, node) ? volume : undefined
    if (!book.isFree(volume) || !suits(volume, claim) || !reaches(volume, node)) continue
    if (smallest === undefined || volume.sizeBytes < smallest.sizeBytes) smallest = volume
  }
  return smallest
}

/** What becomes of a pod's unbound claims on a node: volumes that are there, and claims for which one is made. */
interface Plan {
  readonly bound: ReadonlyArray<readonly [KubeClaim, KubeVolume]>
  readonly made: ReadonlyArray<KubeClaim>
}

const canProvision = ({ isProvisioned, topologies }: KubeClaim, node: KubeNode): boolean =>
  isProvisioned && (topologies.length === 0 || topologies.some((one) => selects(one, node.labels)))

/** How the claims that wait for a pod are met on a node; undefined where they are not. */
const plan = (book: ClaimBook, claims: ReadonlyArray<KubeClaim>, node: KubeNode): Plan | undefined => {
  const waiting = claims.filter((one) => one.volumeName === undefined)
  if (waiting.some((one) => one.selectedNode !== undefined && one.selectedNode !== node.name)) return undefined
  const chosen = new Set<string>()
  const bound: Array<readonly [KubeClaim, KubeVolume]> = []
  const made = waiting.filter((one) => one.selectedNode !== undefined)
  const unmet = waiting.filter((one) => one.selectedNode === undefined)
  for (const claim of unmet.toSorted((left, right) => left.sizeBytes - right.sizeBytes)) {
    const volume = matching(book, claim, node, chosen)
    if (volume === undefined) made.push(claim)
    else {
      chosen.add(volume.name)
      bound.push([claim, volume])
    }
  }
  return made.every((one) => canProvision(one, node)) ? { bound, made } : undefined
}

/** Why a node refuses the volumes the pod's claims are bound to: the first that is amiss counts. */
const boundRefusal = (book: ClaimBook, claims: ReadonlyArray<KubeClaim>, node: KubeNode): Refusal | undefined => {
  for (const { volumeName } of claims) {
    if (volumeName === undefined) continue
    const volume = book.volumes.get(volumeName)
    if (volume === undefined) return refusals.volumeMissing
    if (!reaches(volume, node)) return refusals.volumeAffinity
  }
  return undefined
}

const bindingRefusal = (book: ClaimBook, claims: ReadonlyArray<KubeClaim>, node: KubeNode): Refusal | undefined => {
  const unfound = plan(book, claims, node) === undefined ? refusals.volumeUnfound : undefined
  const bound = boundRefusal(book, claims, node)
  if (bound === undefined || unfound === undefined) return bound ?? unfound
  const [first, second] = bound === refusals.volumeMissing ? [unfound, bound] : [bound, unfound]
  return { reasons: [...first.reasons, ...second.reasons], unresolvable: true }
}

/** Why a node refuses the pod's claims; undefined for a pod without any. */
export const volumeCheck = (
  book: ClaimBook,
  podClass: PodClass,
  { filters }: Profile
): ((node: KubeNode) => Refusal | undefined) | undefined => {
  if (podClass.claims.length === 0) return undefined
  const claims = claimsOf(book, podClass)
  const volumes = claims.flatMap(({ volumeName }) => book.volumes.get(volumeName ?? "") ?? [])
  return (node) => {
    const refusal = filters.has("VolumeBinding") ? bindingRefusal(book, claims, node) : undefined
    if (refusal !== undefined) return refusal
    const zoned = filters.has("VolumeZone") && hasZone(node)
    return zoned && volumes.some((one) => !inZone(one, node)) ? refusals.volumeZone : undefined
  }
}

/** A pod was given a node: its claims that waited for that are met. */
export const bindClaims = (book: ClaimBook, podClass: PodClass, node: KubeNode): void => {
  const found = plan(book, claimsOf(book, podClass), node)
  for (const [claim, volume] of found?.bound ?? []) book.bind(claim, volume.name)
  for (const claim of found?.made ?? []) book.provision(claim, node.name)
}
