import type { KubeNode, KubeObjects } from "../profiles/kube/index.ts"
import { Reader } from "../profiles/kube/index.ts"
import type { GroupSpec, WorkloadSpec } from "./Scenario.ts"

const mebibyte = 2 ** 20
const groupLabel = "orrery.dev/group"
const gpuName = "nvidia.com/gpu"

/** The node that a group makes as its `ordinal`. */
export const kubeNode = (name: string, group: GroupSpec, zone: number): KubeNode => ({
  name,
  labels: new Map([
    ["kubernetes.io/hostname", name],
    ["topology.kubernetes.io/zone", `zone-${zone}`],
    [groupLabel, group.name]
  ]),
  taints: [],
  unschedulable: false,
  allocatable: {
    cpuMilli: group.cpuMilli,
    memoryBytes: group.memoryMib * mebibyte,
    ephemeralBytes: 0,
    scalars: new Map(group.gpus > 0 ? [[gpuName, group.gpus]] : [])
  },
  podsMax: group.podsMax,
  images: []
})

const template = (workload: WorkloadSpec) => {
  const gpus = workload.gpus > 0 ? { [gpuName]: String(workload.gpus) } : {}
  const resources = { cpu: `${workload.cpuMilli}m`, memory: `${workload.memoryMib}Mi`, ...gpus }
  return {
    metadata: { labels: { app: workload.name } },
    spec: {
      priority: workload.priority,
      ...(workload.group === "" ? {} : { nodeSelector: { [groupLabel]: workload.group } }),
      containers: [{ name: "main", resources: { requests: resources, limits: resources } }]
    }
  }
}

const manifest = (workload: WorkloadSpec) => {
  const isJob = workload.kind === "job"
  const labels = { app: workload.name }
  return {
    apiVersion: isJob ? "batch/v1" : "apps/v1",
    kind: isJob ? "Job" : "ReplicaSet",
    metadata: { name: workload.name, namespace: workload.namespace },
    spec: {
      ...(isJob ? { parallelism: 1, completions: 1 } : { replicas: 1, selector: { matchLabels: labels } }),
      template: template(workload)
    }
  }
}

/** The workloads as the scheduler reads them: one pod of each, in their order, and the controllers it spreads by. */
export const kubeObjects = (workloads: ReadonlyArray<WorkloadSpec>): KubeObjects => {
  const reader = new Reader({})
  reader.add({ file: "scenario", text: JSON.stringify({ kind: "List", items: workloads.map(manifest) }) })
  const objects = reader.finish()
  const [problem] = reader.problems
  if (problem !== undefined) throw new RangeError(`the scheduler cannot read the workloads: ${JSON.stringify(problem)}`)
  return objects
}
