import type { ClusterAutoscalerOptions, ExpanderName, GroupPriority, ReplicaBehavior } from "@orrery/core"

/** Nodes that are equal to each other, in a group that may grow and shrink. */
export interface GroupSpec {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Nodes asked for at the start. */
  readonly initial: number
  readonly cpuMilli: number
  readonly memoryMib: number
  readonly gpus: number
  /** Each GPU is cut into shares of so many thousandths; 1000 leaves it whole. */
  readonly gpuShareMilli: number
  /** Pods stay away that do not tolerate all of these. */
  readonly taints: ReadonlyArray<string>
  readonly podsMax: number
  /** Nodes go to so many zones in turn. */
  readonly zones: number
  readonly bootMs: number
  readonly isSpot: boolean
  readonly microUsdPerHour: number
}

/** What all workloads say of their pods. */
export interface PodsSpec {
  readonly name: string
  readonly namespace: string
  readonly priority: number
  /** The only group its pods run on; empty for any. */
  readonly group: string
  readonly cpuMilli: number
  readonly memoryMib: number
  /** Whole GPUs in thousandths, or less than 1000 for one share of a group that cuts its GPUs so. */
  readonly gpuMilli: number
  readonly tolerates: ReadonlyArray<string>
  readonly arriveMs: number
  /** From being bound to running, and from being asked to leave to being gone. */
  readonly startMs: number
  readonly graceMs: number
}

/** A load that changes hour by hour or so, and the replicas that follow it. */
export interface HpaSpec {
  readonly min: number
  readonly max: number
  readonly targetPercent: number
  /** CPU that all pods together use in each step; it begins anew after the last. */
  readonly loadMilli: ReadonlyArray<number>
  readonly stepMs: number
  /** How fast replicas change, and how far usage may be off, in percent each way; null for the controller's own. */
  readonly behavior: ReplicaBehavior | null
  readonly tolerancePercent: { readonly up: number; readonly down: number } | null
}

/** Pods that run for ever, so many at a time. */
export interface DeploymentSpec extends PodsSpec {
  readonly kind: "deployment"
  readonly replicas: number
  /** A disruption budget: how many may be missing by somebody's choice; null for no budget. */
  readonly maxUnavailable: number | null
  /** No two of its pods share a node. */
  readonly apart: boolean
  readonly hpa: HpaSpec | null
}

/** Pods that end, until enough have succeeded. */
export interface JobSpec extends PodsSpec {
  readonly kind: "job"
  readonly completions: number
  readonly parallelism: number
  readonly runMsMin: number
  readonly runMsMax: number
  readonly crashPercent: number
  readonly backoffLimit: number
}

/** One pod on every node that is ready and whose taints it tolerates; it goes with its node. */
export interface DaemonSpec extends PodsSpec {
  readonly kind: "daemon"
}

/** What makes pods. */
export type WorkloadSpec = DeploymentSpec | JobSpec | DaemonSpec

/** What a namespace may hold at a time. */
export interface QuotaSpec {
  readonly namespace: string
  readonly podsMax: number
  readonly cpuMilliMax: number
}

/** Something that goes wrong. `pick` chooses among the nodes that are there by then. */
export type Fault =
  | { readonly kind: "nodeFailure"; readonly atMs: number; readonly pick: number }
  | { readonly kind: "spotReclaim"; readonly atMs: number; readonly pick: number }
  | { readonly kind: "nodeSilence"; readonly atMs: number; readonly durationMs: number; readonly pick: number }
  | { readonly kind: "zoneOutage"; readonly atMs: number; readonly durationMs: number; readonly zone: number }
  | { readonly kind: "bootFailure"; readonly atMs: number; readonly durationMs: number; readonly group: string }
  | { readonly kind: "slowBoot"; readonly atMs: number; readonly durationMs: number; readonly factor: number }
  | { readonly kind: "apiLag"; readonly atMs: number; readonly durationMs: number; readonly lagMs: number }

/** The Cluster Autoscaler of one version. */
export interface AutoscalerSpec {
  readonly minor: number
  /** In place of the version's own choice; empty for that. */
  readonly expanders: ReadonlyArray<ExpanderName>
  /** For the expander of that name. */
  readonly priorities: ReadonlyArray<GroupPriority>
  /** Clocks and limits in place of the version's own. */
  readonly options: Readonly<Partial<Omit<ClusterAutoscalerOptions, "expanders">>>
}

/** Everything that happens in a run, but for the draws of its seed. Plain data. */
export interface Scenario {
  readonly endMs: number
  readonly groups: ReadonlyArray<GroupSpec>
  readonly workloads: ReadonlyArray<WorkloadSpec>
  readonly quotas: ReadonlyArray<QuotaSpec>
  readonly faults: ReadonlyArray<Fault>
  /** Null: groups stay as large as they began. */
  readonly autoscaler: AutoscalerSpec | null
}

/** The version of the scenario's meaning: a replay made by another may run otherwise. */
export const scenarioVersion = "life-2"
