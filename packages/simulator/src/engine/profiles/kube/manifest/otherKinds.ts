/** Kinds, with their groups, that dumps of clusters hold and that have no say in where pods go. */
const idle: Readonly<Record<string, ReadonlyArray<string>>> = {
  "": ["ConfigMap", "Endpoints", "Event", "Secret", "ServiceAccount"],
  apps: ["ControllerRevision"],
  "certificates.k8s.io": ["CertificateSigningRequest"],
  "coordination.k8s.io": ["Lease"],
  "discovery.k8s.io": ["EndpointSlice"],
  "events.k8s.io": ["Event"],
  "networking.k8s.io": ["Ingress", "IngressClass", "NetworkPolicy"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]
}

/** Whether objects of a kind may be passed over. */
export const isIdle = (group: string | undefined, kind: string): boolean =>
  group !== undefined && Object.hasOwn(idle, group) && idle[group]?.includes(kind) === true

/** Why a kind that people would expect here is refused. */
export const whyRefused: ReadonlyMap<string, string> = new Map([
  ["CronJob", "it makes jobs at certain times, and no time passes here"],
  ["HorizontalPodAutoscaler", "it changes replicas as load changes, and there is none here"],
  ["ResourceClaim", "devices are not allocated here"],
  ["ResourceClaimTemplate", "devices are not allocated here"],
  ["ResourceSlice", "devices are not allocated here"],
  ["DeviceClass", "devices are not allocated here"]
])
