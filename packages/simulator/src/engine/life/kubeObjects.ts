import type { KubeNode, KubeObjects } from "../profiles/kube/index.ts"
import { Reader } from "../profiles/kube/index.ts"
import type { GroupSpec, PodsSpec, WorkloadSpec } from "./Scenario.ts"

const mebibyte = 2 ** 20
const groupLabel = "orrery.dev/group"
const wholeGpu = 1_000

/** What nodes call GPUs that are cut into shares of one size. */
const gpuName = (shareMilli: number): string =>
  shareMilli === wholeGpu ? "nvidia.com/gpu" : `nvidia.com/gpu-${shareMilli}m`

/** The node that a group makes as its `ordinal`. */
export const kubeNode = (name: string, group: GroupSpec, zone: number): KubeNode => ({
  name,
  labels: new Map([
    ["kubernetes.io/hostname", name],
    ["topology.kubernetes.io/zone", `zone-${zone}`],
    [groupLabel, group.name]
  ]),
  taints: group.taints.map((key) => ({ key, value: "", effect: "NoSchedule" })),
  unschedulable: false,
  allocatable: {
    cpuMilli: group.cpuMilli,
    memoryBytes: group.memoryMib * mebibyte,
    ephemeralBytes: 0,
    scalars: new Map(
      group.gpus > 0 ? [[gpuName(group.gpuShareMilli), group.gpus * Math.floor(wholeGpu / group.gpuShareMilli)]] : []
    )
  },
  podsMax: group.podsMax,
  images: []
})

const apartFrom = (app: string) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app } } }
    ]
  }
})

const template = (workload: WorkloadSpec) => {
  const { gpuMilli } = workload
  const gpus = gpuMilli > 0 ? { [gpuName(Math.min(gpuMilli, wholeGpu))]: String(Math.max(1, gpuMilli / wholeGpu)) } : {}
  const resources = { cpu: `${workload.cpuMilli}m`, memory: `${workload.memoryMib}Mi`, ...gpus }
  return {
    metadata: { labels: { app: workload.name } },
    spec: {
      priority: workload.priority,
      tolerations: workload.tolerates.map((key) => ({ key, operator: "Exists" })),
      ...(workload.kind === "deployment" && workload.apart ? { affinity: apartFrom(workload.name) } : {}),
      ...(workload.group === "" ? {} : { nodeSelector: { [groupLabel]: workload.group } }),
      containers: [{ name: "main", resources: { requests: resources, limits: resources } }]
    }
  }
}

/** One pod of each kind stands for all; a daemon's are pinned to their nodes as these come. */
const manifest = (workload: WorkloadSpec) => {
  const metadata = { name: workload.name, namespace: workload.namespace }
  if (workload.kind === "daemon") {
    const { metadata: marks, spec } = template(workload)
    return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, ...marks }, spec }
  }
  const isJob = workload.kind === "job"
  const selector = { matchLabels: { app: workload.name } }
  return {
    apiVersion: isJob ? "batch/v1" : "apps/v1",
    kind: isJob ? "Job" : "ReplicaSet",
    metadata,
    spec: {
      ...(isJob ? { parallelism: 1, completions: 1 } : { replicas: 1, selector }),
      template: template(workload)
    }
  }
}

/** Whether the scheduler would let the workload's pods on the group's nodes, were they empty. */
export const mayRun = (workload: PodsSpec, group: GroupSpec): boolean =>
  (workload.group === "" || workload.group === group.name) &&
  group.taints.every((taint) => workload.tolerates.includes(taint)) &&
  (workload.gpuMilli === 0 || Math.min(workload.gpuMilli, wholeGpu) === group.gpuShareMilli)

/** The workloads as the scheduler reads them: one pod of each, in their order, and the controllers it spreads by. */
export const kubeObjects = (workloads: ReadonlyArray<WorkloadSpec>): KubeObjects => {
  const reader = new Reader({})
  reader.add({ file: "scenario", text: JSON.stringify({ kind: "List", items: workloads.map(manifest) }) })
  const objects = reader.finish()
  const [problem] = reader.problems
  if (problem !== undefined) throw new RangeError(`the scheduler cannot read the workloads: ${JSON.stringify(problem)}`)
  return objects
}
