import type {
  AutoscalerSpec,
  DaemonSpec,
  DeploymentSpec,
  GroupSpec,
  JobSpec,
  Scenario,
  WorkloadSpec
} from "../../../src/engine/life/Scenario.ts"

/** A minute, in the simulator's time. */
export const minuteMs = 60_000

/** The Cluster Autoscaler as nobody configured it. */
export const standard: AutoscalerSpec = { minor: 36, expanders: [], priorities: [], options: {} }

/** An HPA with the controller's own pace and tolerance. */
export const plainHpa = { behavior: null, tolerancePercent: null }

/** A group of small nodes, three of them unless told otherwise. */
export const group = (given: Partial<GroupSpec> = {}): GroupSpec => ({
  name: "nodes",
  min: 0,
  max: 3,
  initial: 3,
  cpuMilli: 4_000,
  memoryMib: 16_384,
  gpus: 0,
  gpuShareMilli: 1_000,
  taints: [],
  podsMax: 110,
  zones: 1,
  bootMs: 1_000,
  isSpot: false,
  microUsdPerHour: 3_600_000,
  ...given
})

const pods = {
  namespace: "default",
  priority: 0,
  group: "",
  cpuMilli: 1_000,
  memoryMib: 100,
  gpuMilli: 0,
  tolerates: [],
  arriveMs: 2_000,
  startMs: 500,
  graceMs: 1_000
}

/** Three pods that run for ever. */
export const deployment = (given: Partial<DeploymentSpec> = {}): DeploymentSpec => ({
  ...pods,
  kind: "deployment",
  name: "web",
  replicas: 3,
  maxUnavailable: null,
  apart: false,
  hpa: null,
  ...given
})

/** A small pod on every node. */
export const daemon = (given: Partial<DaemonSpec> = {}): DaemonSpec => ({
  ...pods,
  kind: "daemon",
  name: "agent",
  cpuMilli: 100,
  ...given
})

/** Four pods of a minute, two at a time. */
export const job = (given: Partial<JobSpec> = {}): JobSpec => ({
  ...pods,
  kind: "job",
  name: "batch",
  completions: 4,
  parallelism: 2,
  runMsMin: minuteMs,
  runMsMax: minuteMs,
  crashPercent: 0,
  backoffLimit: 0,
  ...given
})

/** An hour of the workloads on one group, without faults. */
export const scenario = (workloads: ReadonlyArray<WorkloadSpec>, given: Partial<Scenario> = {}): Scenario => ({
  endMs: 60 * minuteMs,
  groups: [group()],
  workloads,
  quotas: [],
  faults: [],
  autoscaler: null,
  ...given
})
