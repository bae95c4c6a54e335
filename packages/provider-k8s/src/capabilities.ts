import { absent, type Capabilities, emulated, native } from "@orrery/core"
import type { MachinesConfig } from "./machines/MachineMaker.ts"

const noMachines = absent(
  "a Kubernetes API server runs pods on the nodes it is given and makes none; name who makes machines (`machines`), or make them where they are rented"
)

/** What a Kubernetes API server offers. */
export const capabilities: Capabilities = {
  clusters: noMachines,
  nodePools: noMachines,
  spot: noMachines,
  scaleToZero: noMachines,
  nodeEvents: native,
  cordon: native,
  drain: emulated("one eviction per pod, asked again while a budget refuses it"),
  stopStart: noMachines,
  leases: noMachines,
  deployments: native,
  rollingUpdate: native,
  rollback: emulated("reads the ReplicaSets of the deployment and applies the old template"),
  deploymentEvents: native,
  logs: native,
  logsFollow: native,
  exec: native,
  portForward: native,
  jobs: native,
  jobArrays: native,
  jobRetries: native,
  hold: native,
  cancel: emulated("the job is suspended for good and marked; its pods end"),
  jobEvents: native,
  why: emulated("the scheduler's message, and our own placement for each node"),
  capacity: emulated("nodes minus the requests of their pods: two lists"),
  gpus: native,
  gpuShares: absent("device plugins hand out whole GPUs"),
  usage: emulated("read from the metrics server, where the cluster has one"),
  // names of jobs become labels and, with an index and a suffix, names of pods
  limits: { nodesPerPoolMax: 5_000, replicasMax: 150_000, tasksPerJobMax: 100_000, nameLengthMax: 52 }
}

/** What it offers beside, where somebody makes machines when asked through it. */
export const capabilitiesWith = (machines: MachinesConfig | undefined): Capabilities => {
  if (machines === undefined) return capabilities
  const made = emulated(
    `${machines.by === "karpenter" ? "Karpenter" : "Cluster API"} makes the machines, by its own objects`
  )
  return {
    ...capabilities,
    clusters: made,
    nodePools: made,
    scaleToZero: made,
    spot: machines.by === "karpenter" ? made : absent("Cluster API has no word for spot machines")
  }
}
