import type { CountOrPercent, Deployment, DeploymentStatus, InNamespace, PodTemplate, Strategy } from "@orrery/core"
import type { V1PodTemplateSpec } from "../Client.ts"
import { annotationOf, ownershipLabels, withoutMarks } from "../objects/labels.ts"
import type { Wire, WireDeployment, WirePod } from "../objects/wire.ts"
import { type Diagnosis, diagnoseAll, diagnoseRefusal, sayDiagnosis } from "../pods/diagnose.ts"
import { fromPodSpec, toPodSpec } from "./podSpec.ts"
import type { Owner } from "./priority.ts"
import { fromSelector, toSelector } from "./selector.ts"

const toCount = (value: CountOrPercent): number | string => (value.endsWith("%") ? value : Number(value))

const toStrategy = (strategy: Strategy): NonNullable<NonNullable<WireDeployment["spec"]>["strategy"]> =>
  strategy.type === "Recreate"
    ? { type: "Recreate" }
    : {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: toCount(strategy.maxSurge), maxUnavailable: toCount(strategy.maxUnavailable) }
      }

const fromStrategy = (strategy: NonNullable<WireDeployment["spec"]>["strategy"]): Strategy =>
  strategy?.type === "Recreate"
    ? { type: "Recreate" }
    : {
        type: "RollingUpdate",
        maxSurge: String(strategy?.rollingUpdate?.maxSurge ?? "25%"),
        maxUnavailable: String(strategy?.rollingUpdate?.maxUnavailable ?? "25%")
      }

/** What every pod of one owner is made from, marked as ours. */
export const toTemplate = (owner: Owner, template: PodTemplate): Wire<V1PodTemplateSpec> => ({
  metadata: {
    labels: { ...template.labels, ...ownershipLabels(owner.kind, owner.name) },
    ...(Object.keys(template.annotations).length === 0 ? {} : { annotations: template.annotations })
  },
  spec: toPodSpec(template.spec, owner)
})

const withoutRestart = ({ [annotationOf.restartedAt]: _, ...rest }: Readonly<Record<string, string>> = {}) => rest

/** The template without our marks. */
export const fromTemplate = ({ metadata, spec }: Wire<V1PodTemplateSpec>): PodTemplate => ({
  labels: withoutMarks(metadata?.labels),
  annotations: withoutRestart(metadata?.annotations),
  spec: fromPodSpec(spec ?? { containers: [] })
})

/** A deployment as the owner of its pods. */
export const ownerOf = ({ name, namespace }: Pick<InNamespace<Deployment>, "name" | "namespace">): Owner => ({
  kind: "deployment",
  name,
  namespace
})

/** A deployment as it is applied. Without `replicas` where somebody else decides how many there are. */
export const toDeployment = (spec: InNamespace<Deployment>, { withReplicas = true } = {}) => {
  const labels = ownershipLabels("deployment", spec.name)
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: spec.name, namespace: spec.namespace, labels },
    spec: {
      ...(withReplicas ? { replicas: spec.replicas } : {}),
      strategy: toStrategy(spec.strategy),
      selector: toSelector(spec.selector),
      template: toTemplate(ownerOf(spec), spec.template),
      progressDeadlineSeconds: Math.max(1, Math.ceil(spec.progressDeadlineMs / 1000))
    }
  }
}

/** What is wanted, as Kubernetes has it. */
export const fromDeployment = ({
  metadata,
  spec
}: Pick<WireDeployment, "metadata" | "spec">): InNamespace<Deployment> => ({
  name: metadata?.name ?? "",
  namespace: metadata?.namespace ?? "default",
  replicas: spec?.replicas ?? 1,
  strategy: fromStrategy(spec?.strategy),
  selector: fromSelector(spec?.selector),
  template: fromTemplate(spec?.template ?? {}),
  progressDeadlineMs: (spec?.progressDeadlineSeconds ?? 600) * 1000
})

const stateOf = ({ metadata, spec, status }: WireDeployment): Pick<DeploymentStatus, "state" | "message"> => {
  if (metadata?.deletionTimestamp !== undefined) return { state: "deleting" }
  const desired = spec?.replicas ?? 1
  const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0)
  const { availableReplicas = 0, replicas = 0, updatedReplicas = 0 } = status ?? {}
  if (seen && replicas === desired && updatedReplicas === desired && availableReplicas === desired)
    return { state: "available" }
  const holds = (type: string, value: string) =>
    status?.conditions?.find((condition) => condition.type === type && condition.status === value)
  const refused = holds("ReplicaFailure", "True")
  if (seen && refused !== undefined)
    return { state: "stuck", message: sayDiagnosis(diagnoseRefusal(refused.message ?? refused.reason ?? "")) }
  const stuck = holds("Progressing", "False")
  if (seen && stuck !== undefined) return { state: "stuck", message: stuck.message ?? stuck.reason ?? stuck.type }
  return spec?.paused === true
    ? { state: "progressing", message: "its rollout is paused; resume it" }
    : { state: "progressing" }
}

/** The annotation in which Kubernetes counts the templates of a deployment. */
export const revisionAnnotation = "deployment.kubernetes.io/revision"

/** Which template of the deployment this is, counted by its controller, which begins a moment after it was made. */
export const revisionOf = ({ metadata }: WireDeployment): number =>
  Number(metadata?.annotations?.[revisionAnnotation] ?? 1)

/** A deployment as it is; its pods, where they were looked at, tell earlier than its own status what is wrong. */
export const toDeploymentStatus = (
  deployment: WireDeployment,
  pods: ReadonlyArray<WirePod> = [],
  /** What was learned elsewhere, beyond what the pods themselves say. */
  learned?: Diagnosis
): DeploymentStatus => {
  const told = stateOf(deployment)
  const wanting = told.state === "progressing" || told.state === "stuck"
  const trouble = wanting ? (learned ?? diagnoseAll(pods)) : undefined
  return {
    spec: fromDeployment(deployment),
    revision: revisionOf(deployment),
    replicas: {
      desired: deployment.spec?.replicas ?? 1,
      total: deployment.status?.replicas ?? 0,
      updated: deployment.status?.updatedReplicas ?? 0,
      ready: deployment.status?.readyReplicas ?? 0
    },
    ...told,
    ...(trouble === undefined
      ? {}
      : {
          // a node may still come for a pod that fits none: that alone is not the end
          state: trouble.trouble === "unschedulable" ? told.state : "stuck",
          message: sayDiagnosis(trouble)
        })
  }
}
