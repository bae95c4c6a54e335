import type { V1ContainerStatus } from "../Client.ts"
import type { Wire, WireEvent, WirePod } from "../objects/wire.ts"

/** Why a pod does not come up, or is not made at all. Only the last may pass by itself: a node may come. */
export type Trouble =
  | "image"
  | "memory"
  | "crash"
  | "configuration"
  | "volume"
  | "quota"
  | "limits"
  | "webhook"
  | "refused"
  | "unschedulable"

/** What keeps a pod from running, and what a person can do. */
export interface Diagnosis {
  readonly trouble: Trouble
  readonly cause: string
  readonly remedy: string
}

type Status = Wire<V1ContainerStatus>

const imageReasons = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
  "ImageInspectError",
  "SignatureValidationFailed"
])
const configurationReasons = new Set([
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
  "StartError",
  "ContainerCannotRun",
  "PreCreateHookError",
  "PostStartHookError"
])
/** A container that ended so often by itself is taken for broken: kubelets name short back-offs no longer. */
const restartsMax = 2

const ofWaiting = ({ image, name, state }: Status): Diagnosis | undefined => {
  const { message = "", reason = "" } = state?.waiting ?? {}
  const said = `${reason}${message === "" ? "" : `: ${message}`}`
  if (imageReasons.has(reason))
    return {
      trouble: "image",
      cause: `container ${name} cannot pull ${image}: ${said}`,
      remedy: "check the image's name and tag, and that the registry lets the nodes in"
    }
  if (configurationReasons.has(reason))
    return {
      trouble: "configuration",
      cause: `container ${name} cannot start: ${said}`,
      remedy: "check its command, and the secrets and config maps it names"
    }
  return undefined
}

const ofEnd = ({ lastState, name, restartCount, state }: Status): Diagnosis | undefined => {
  const end = state?.terminated ?? lastState?.terminated
  if (end === undefined) return undefined
  if (end.reason === "OOMKilled")
    return {
      trouble: "memory",
      cause: `container ${name} was killed: it used more memory than its limit`,
      remedy: "raise its memory limit, or make it use less"
    }
  if (configurationReasons.has(end.reason ?? ""))
    return {
      trouble: "configuration",
      cause: `container ${name} cannot start: ${end.reason}: ${end.message ?? ""}`,
      remedy: "check its command, and the secrets and config maps it names"
    }
  const looping = state?.waiting?.reason === "CrashLoopBackOff" || (restartCount ?? 0) >= restartsMax
  return looping && state?.running === undefined
    ? {
        trouble: "crash",
        cause: `container ${name} ends again and again, last with exit code ${end.exitCode}`,
        remedy: "read its logs, those before the restart too (`previous`)"
      }
    : undefined
}

const ofScheduling = ({ status }: WirePod): Diagnosis | undefined => {
  const refused = status?.conditions?.find(
    ({ reason, status: holds, type }) => type === "PodScheduled" && holds === "False" && reason === "Unschedulable"
  )
  if (refused === undefined) return undefined
  const said = refused.message ?? ""
  // these need somebody's hand; a claim that is bound late is told by the scheduler in other words
  return /persistentvolumeclaim/i.test(said)
    ? {
        trouble: "volume",
        cause: `a volume is not bound: ${said}`,
        remedy: "make the claim it names, or the storage that this claim waits for"
      }
    : {
        trouble: "unschedulable",
        cause: `no node takes the pod: ${said}`,
        remedy: "ask for less, loosen selectors and tolerations, or add nodes"
      }
}

const refusals: ReadonlyArray<readonly [RegExp, Trouble, string]> = [
  [
    /exceeded quota|must specify .* for/,
    "quota",
    "ask for less, free some of this namespace's quota, or have it raised"
  ],
  [
    /(maximum|minimum) \S+ usage per|LimitRequestRatio/,
    "limits",
    "stay within the namespace's LimitRange, or have it changed"
  ],
  [/failed calling webhook/, "webhook", "ask who runs that webhook to repair it, or remove its configuration"],
  [/admission webhook/, "webhook", "change what the webhook names, or ask who runs it"]
]

/** Why the server takes no pods: what the controller that makes them was told. */
export const diagnoseRefusal = (said: string): Diagnosis => {
  const known = refusals.find(([pattern]) => pattern.test(said))
  return {
    trouble: known?.[1] ?? "refused",
    cause: `its pods are refused: ${said}`,
    remedy: known?.[2] ?? "change what the server names"
  }
}

/** What kubelets say in events only, while the pod's own status says nothing. */
const mounts = new Set(["FailedMount", "FailedAttachVolume", "FailedMapVolume"])

/** A node has taken it, and it does not run yet. */
export const isStarting = ({ spec, status }: WirePod): boolean =>
  spec?.nodeName !== undefined && status?.phase === "Pending"

/** What events tell of why pods do not start. A warning about a pod that has started since is over. */
export const diagnoseEvents = (
  events: ReadonlyArray<WireEvent>,
  pods: ReadonlyArray<WirePod>
): Diagnosis | undefined => {
  const starting = new Set(pods.filter(isStarting).map(({ metadata }) => metadata?.uid))
  const found = events.findLast(
    ({ involvedObject, reason = "" }) => starting.has(involvedObject?.uid) && mounts.has(reason)
  )
  return found === undefined
    ? undefined
    : {
        trouble: "volume",
        cause: `a volume cannot be mounted: ${found.message ?? ""}`,
        remedy: "make the secret, config map or claim that it names, or correct its name"
      }
}

/** What is wrong with one pod; undefined where nothing is, as far as its status tells. */
export const diagnose = (pod: WirePod): Diagnosis | undefined => {
  if (pod.metadata?.deletionTimestamp !== undefined) return undefined
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  for (const status of statuses) {
    const found = ofWaiting(status) ?? ofEnd(status)
    // an init container that did its work has ended, and that is well
    if (found !== undefined && status.state?.terminated?.exitCode !== 0) return found
  }
  return ofScheduling(pod)
}

/** The first pod's trouble, those that last before those that may pass. */
export const diagnoseAll = (pods: ReadonlyArray<WirePod>): Diagnosis | undefined => {
  const found = pods.map(diagnose).filter((diagnosis) => diagnosis !== undefined)
  return found.find(({ trouble }) => trouble !== "unschedulable") ?? found[0]
}

/** A diagnosis as one sentence for a person. */
export const sayDiagnosis = ({ cause, remedy }: Diagnosis): string => `${cause}; ${remedy}`
