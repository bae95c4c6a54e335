import type { Pod } from "@orrery/core"
import { labelOf, withoutMarks } from "../objects/labels.ts"
import { timeMs, type WirePod } from "../objects/wire.ts"
import { fromPodSpec } from "./podSpec.ts"

const stateOf = ({ metadata, spec, status }: WirePod): Pod["state"] => {
  if (status?.phase === "Succeeded") return "succeeded"
  if (status?.phase === "Failed") return "failed"
  if (metadata?.deletionTimestamp !== undefined) return "leaving"
  if (spec?.nodeName === undefined) return "waiting"
  if (status?.phase !== "Running") return "starting"
  const ready = status.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True")
  return ready === true ? "ready" : "running"
}

/** What belongs to whom: our own marks first, then what the owner's kind tells. */
const ownerOf = ({ metadata }: WirePod): Pick<Pod, "owner"> => {
  for (const kind of ["deployment", "job"] as const) {
    const name = metadata?.labels?.[labelOf[kind]]
    if (name !== undefined) return { owner: { kind, name } }
  }
  const controller = metadata?.ownerReferences?.find(({ controller: controls }) => controls === true)
  if (controller === undefined) return {}
  return { owner: { kind: controller.kind === "Job" ? "job" : "deployment", name: controller.name } }
}

// every pod gets these two from the API server
const usual = new Set(["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"])

/** A pod as decisions see it. */
export const fromPod = (pod: WirePod): Pod => {
  const spec = fromPodSpec(pod.spec ?? { containers: [] })
  return {
    name: pod.metadata?.name ?? "",
    namespace: pod.metadata?.namespace ?? "default",
    labels: withoutMarks(pod.metadata?.labels),
    spec: { ...spec, tolerations: spec.tolerations.filter(({ key = "" }) => !usual.has(key)) },
    ...(pod.spec?.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
    state: stateOf(pod),
    ...ownerOf(pod),
    createdAtMs: timeMs(pod.metadata?.creationTimestamp)
  }
}
