import type { V1ContainerStatus } from "../Client.ts"
import type { Wire, WirePod } from "../wire.ts"

/** Why a pod does not come up. Only the last may pass by itself: a node may come. */
export type Trouble = "image" | "memory" | "crash" | "configuration" | "unschedulable"

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
  return refused === undefined
    ? undefined
    : {
        trouble: "unschedulable",
        cause: `no node takes the pod: ${refused.message ?? ""}`,
        remedy: "ask for less, loosen selectors and tolerations, or add nodes"
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
