import type { Container, SecurityContext } from "@orrery/core"
import type { V1Container } from "../Client.ts"
import type { Wire } from "../objects/wire.ts"

type WireSecurity = NonNullable<Wire<V1Container>["securityContext"]>

/** As whom a container runs, and what it may do. */
export const toSecurity = ({ capabilities, seccomp, ...same }: SecurityContext): WireSecurity => ({
  ...same,
  ...(capabilities === undefined ? {} : { capabilities }),
  ...(seccomp === undefined ? {} : { seccompProfile: { type: seccomp } })
})

const known = [
  "runAsUser",
  "runAsGroup",
  "runAsNonRoot",
  "readOnlyRootFilesystem",
  "privileged",
  "allowPrivilegeEscalation"
] as const

const seccompOf = (type: string | undefined): Pick<SecurityContext, "seccomp"> =>
  type === "RuntimeDefault" || type === "Unconfined" ? { seccomp: type } : {}

/** The same as Kubernetes has it; a profile of the node's own has no word in our vocabulary. */
export const fromSecurity = (wire: WireSecurity | undefined): Pick<Container, "securityContext"> => {
  if (wire === undefined) return {}
  const { add, drop } = wire.capabilities ?? {}
  const securityContext: SecurityContext = {
    ...Object.fromEntries(known.flatMap((key) => (wire[key] === undefined ? [] : [[key, wire[key]]]))),
    ...(wire.capabilities === undefined
      ? {}
      : { capabilities: { ...(add === undefined ? {} : { add }), ...(drop === undefined ? {} : { drop }) } }),
    ...seccompOf(wire.seccompProfile?.type)
  }
  return Object.keys(securityContext).length === 0 ? {} : { securityContext }
}
