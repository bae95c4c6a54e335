import type { KubeNode, KubeObjects, KubeVolume, PodClass } from "./model.ts"
import { termSelects } from "./nodeMatch.ts"
import type { Profile } from "./profile.ts"
import { type Refusal, refusals } from "./reasons.ts"

const zoneKeys: ReadonlyMap<string, string> = new Map([
  ["failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"],
  ["failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"],
  ["topology.kubernetes.io/zone", "topology.kubernetes.io/zone"],
  ["topology.kubernetes.io/region", "topology.kubernetes.io/region"]
])

const claimOf = (objects: KubeObjects, podClass: PodClass, name: string) =>
  objects.claims.find((one) => one.namespace === podClass.namespace && one.name === name)

/** Why the pod's claims refuse every node at once, if they do. */
export const claimsRefusal = (objects: KubeObjects, podClass: PodClass, profile: Profile): string | undefined => {
  for (const name of podClass.claims) {
    if (claimOf(objects, podClass, name) === undefined) return `persistentvolumeclaim "${name}" not found`
  }
  const unbound = podClass.claims.some((name) => {
    const claim = claimOf(objects, podClass, name)
    return claim?.volumeName === undefined && claim?.waitsForPod === false
  })
  if (unbound) return "pod has unbound immediate PersistentVolumeClaims"
  if (!profile.filters.has("VolumeZone")) return undefined
  const volumes = podClass.claims.flatMap((name) => claimOf(objects, podClass, name)?.volumeName ?? [])
  const missing = volumes.find((name) => !objects.volumes.some((one) => one.name === name))
  return missing === undefined ? undefined : `persistentvolume "${missing}" not found`
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

/** Why a node refuses the pod's bound volumes; undefined for a pod without claims. */
export const volumeCheck = (
  objects: KubeObjects,
  podClass: PodClass,
  profile: Profile
): ((node: KubeNode) => Refusal | undefined) | undefined => {
  if (podClass.claims.length === 0) return undefined
  const names = podClass.claims.flatMap((name) => claimOf(objects, podClass, name)?.volumeName ?? [])
  const volumes = names.map((name) => objects.volumes.find((one) => one.name === name))
  return (node) => {
    if (profile.filters.has("VolumeBinding")) {
      if (volumes.some((one) => one?.nodeTerms?.some((term) => termSelects(term, node)) === false))
        return refusals.volumeAffinity
      if (volumes.includes(undefined)) return refusals.volumeMissing
    }
    const zoned = profile.filters.has("VolumeZone") && hasZone(node)
    return zoned && volumes.some((one) => one !== undefined && !inZone(one, node)) ? refusals.volumeZone : undefined
  }
}
