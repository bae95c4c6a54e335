import type { KubeNode, PodClass } from "../model.ts"
import { meetsNodeAffinity, toleratesNode } from "../nodeMatch.ts"
import type { PodSpec } from "./pod.ts"

const conditions = [
  ["disk-pressure", "NoSchedule"],
  ["memory-pressure", "NoSchedule"],
  ["not-ready", "NoExecute"],
  ["pid-pressure", "NoSchedule"],
  ["unreachable", "NoExecute"],
  ["unschedulable", "NoSchedule"]
] as const
const networkConditions = [["network-unavailable", "NoSchedule"]] as const

/** A daemon's pods stay whatever becomes of their node. */
export const withDaemonTolerations = (spec: PodSpec): PodSpec => ({
  ...spec,
  tolerations: [
    ...(spec.tolerations ?? []),
    ...[...conditions, ...(spec.hostNetwork === true ? networkConditions : [])].map(([name, effect]) => ({
      key: `node.kubernetes.io/${name}`,
      operator: "Exists" as const,
      effect
    }))
  ]
})

/** A daemon's pod names its node in place of whatever its template requires of nodes. */
export const pinned = (spec: PodSpec, node: string): PodSpec => ({
  ...spec,
  affinity: {
    ...spec.affinity,
    nodeAffinity: {
      ...spec.affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] }]
      }
    }
  }
})

/** The node that a daemon's pod is for, whether it is there already or not. */
export const nodeOfDaemon = ({ affinity, nodeName }: PodSpec): string | undefined => {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return nodeName || required?.nodeSelectorTerms?.[0]?.matchFields?.[0]?.values?.[0]
}

/** Whether a daemon gets a pod on the node at all. */
export const runsDaemon = (podClass: Omit<PodClass, "id">, { nodeName }: PodSpec, node: KubeNode): boolean =>
  (!nodeName || nodeName === node.name) && meetsNodeAffinity(podClass, node) && toleratesNode(podClass, node)
