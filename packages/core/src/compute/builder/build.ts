import { ComputeClusterBuilder } from "./ComputeClusterBuilder.ts"
import { ContainerBuilder } from "./ContainerBuilder.ts"
import { DeploymentBuilder } from "./DeploymentBuilder.ts"
import { JobBuilder } from "./JobBuilder.ts"
import { NodePoolBuilder } from "./NodePoolBuilder.ts"

/**
 * The builders under the names of what they build: `const { ComputeCluster, NodePool } = build`. They have a record of
 * their own because `NodePool`, `Container`, `Deployment` and `Job` are the schemas.
 */
export const build = {
  ComputeCluster: ComputeClusterBuilder,
  NodePool: NodePoolBuilder,
  Container: ContainerBuilder,
  Deployment: DeploymentBuilder,
  Job: JobBuilder
} as const
