import type { ClusterManager, NodeOperations } from "../service/ClusterManager.ts"
import type { ContainerManager } from "../service/ContainerManager.ts"
import type { Scheduler } from "../service/Scheduler.ts"

/** How a method answers: once, or one after the other. */
export type Kind = "once" | "many"
type Kinds<S> = { readonly [K in Exclude<keyof S, "backend" | "capabilities" | "nodes">]: Kind }

/** How each method of a cluster manager answers. */
export const clusterMethods = {
  plan: "once",
  createCluster: "once",
  updateCluster: "once",
  scalePool: "once",
  configureUpdates: "once",
  deleteCluster: "once",
  getCluster: "once",
  listClusters: "many",
  watchCluster: "many"
} as const satisfies Kinds<ClusterManager["Service"]>

/** How each operation on a node answers. */
export const nodeMethods = {
  list: "many",
  get: "once",
  cordon: "once",
  uncordon: "once",
  drain: "once",
  repair: "once",
  remove: "once"
} as const satisfies Kinds<NodeOperations>

/** How each method of a container manager answers. */
export const containerMethods = {
  createDeployment: "once",
  updateDeployment: "once",
  scaleDeployment: "once",
  revisions: "many",
  rollback: "once",
  deleteDeployment: "once",
  getDeployment: "once",
  listDeployments: "many",
  watchDeployment: "many",
  pods: "many",
  logs: "many",
  exec: "once",
  portForward: "once"
} as const satisfies Kinds<ContainerManager["Service"]>

/** How each method of a scheduler answers. */
export const jobMethods = {
  submit: "once",
  get: "once",
  list: "many",
  cancel: "once",
  hold: "once",
  release: "once",
  remove: "once",
  logs: "many",
  watch: "many",
  why: "once",
  capacity: "once"
} as const satisfies Kinds<Scheduler["Service"]>
