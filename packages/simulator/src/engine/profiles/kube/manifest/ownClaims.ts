import type { PodSpec } from "./pod.ts"
import type { Storage } from "./Storage.ts"
import type { Made } from "./sources.ts"

type Claim = Parameters<Storage["addClaim"]>[0]

/** Claims that are made with a pod, and the pod's specification with its volumes naming them. */
interface WithClaims {
  readonly claims: ReadonlyArray<Claim>
  readonly spec: PodSpec
}

/** Each ephemeral volume of a pod is a claim of its own. */
export const withOwnClaims = ({ name: pod, metadata, spec }: Made): WithClaims => {
  const volumes = spec.volumes ?? []
  const claims = volumes.flatMap(({ ephemeral, name }): ReadonlyArray<Claim> => {
    if (ephemeral === undefined) return []
    const { metadata: own, spec: claimSpec } = ephemeral.volumeClaimTemplate
    const ownerReferences = [{ kind: "Pod", name: pod, controller: true }]
    const { namespace } = metadata
    return [{ metadata: { ...own, name: `${pod}-${name ?? ""}`, namespace, ownerReferences }, spec: claimSpec }]
  })
  if (claims.length === 0) return { claims, spec }
  const named = volumes.map(({ ephemeral, ...volume }) =>
    ephemeral === undefined
      ? volume
      : { ...volume, persistentVolumeClaim: { claimName: `${pod}-${volume.name ?? ""}` } }
  )
  return { claims, spec: { ...spec, volumes: named } }
}
