/** How a backend offers one feature. A gap is a value with a reason, never an absent method. */
export type Support =
  | { readonly _tag: "Native" }
  | { readonly _tag: "Emulated"; readonly cost: string }
  | { readonly _tag: "Absent"; readonly why: string }

/** Every feature a backend must answer for, with what it means. The order is the order of the README's table. */
export const features = {
  clusters: "create, update and delete clusters of machines",
  nodePools: "several pools of unlike machines in one cluster",
  spot: "machines that are cheaper and may be taken away",
  scaleToZero: "a pool without machines",
  nodeEvents: "watch nodes come and go",
  cordon: "keep new work off a node",
  drain: "empty a node within a deadline",
  stopStart: "stop a machine and start it again",
  leases: "machines that end by themselves when nobody renews them",
  deployments: "keep containers running",
  rollingUpdate: "replace a deployment's pods a few at a time",
  rollback: "return to an earlier revision",
  deploymentEvents: "watch a deployment",
  logs: "read what containers and jobs printed",
  logsFollow: "keep reading logs as they are written",
  exec: "run a command in a running container",
  portForward: "reach a container's port from here",
  jobs: "run work that ends",
  jobArrays: "one job of many tasks",
  jobRetries: "try a failed task again",
  hold: "hold a job and release it",
  cancel: "cancel a job",
  jobEvents: "watch a job",
  why: "say why a job waits",
  capacity: "say what is free",
  gpus: "ask for GPUs",
  gpuShares: "ask for a part of one GPU",
  usage: "measured use of nodes and pods"
} as const
export type Feature = keyof typeof features

/** Bounds a backend sets; the guard refuses what lies beyond. */
export interface Limits {
  readonly nodesPerPoolMax: number
  readonly replicasMax: number
  readonly tasksPerJobMax: number
  readonly nameLengthMax: number
}

/** Total over the features: a new feature breaks every provider's build until it answers. */
export type Capabilities = { readonly [F in Feature]: Support } & { readonly limits: Limits }

export const native: Support = { _tag: "Native" }
/** Offered, at the cost named. */
export const emulated = (cost: string): Support => ({ _tag: "Emulated", cost })
/** Not offered, for the reason named. */
export const absent = (why: string): Support => ({ _tag: "Absent", why })
/** Whether a call of this feature can be made at all. */
export const offers = (capabilities: Capabilities, feature: Feature): boolean => capabilities[feature]._tag !== "Absent"
