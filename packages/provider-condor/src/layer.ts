import type { ClusterManager, Scheduler } from "@orrery/core"
import { Layer } from "effect"
import { Client, type CondorConfig } from "./Client.ts"
import { clusterManager } from "./clusterManager.ts"
import { Queue } from "./Queue.ts"
import { scheduler } from "./scheduler.ts"

/** An HTCondor pool: its queue, and its machines to look at. */
export const layer = (config: CondorConfig): Layer.Layer<ClusterManager | Scheduler> =>
  Layer.merge(scheduler, clusterManager).pipe(Layer.provide(Queue.layer), Layer.provide(Client.layer(config)))
