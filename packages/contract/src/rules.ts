import { clusterCrashing } from "./clusters/crashing.ts"
import { clusterEnding } from "./clusters/ending.ts"
import { clusterLifecycle } from "./clusters/lifecycle.ts"
import { clusterPools } from "./clusters/pools.ts"
import { clusterWatching } from "./clusters/watching.ts"
import { deploymentApart } from "./deployments/apart.ts"
import { deploymentChanging } from "./deployments/changing.ts"
import { deploymentCrashing } from "./deployments/crashing.ts"
import { deploymentLifecycle } from "./deployments/lifecycle.ts"
import { jobApart } from "./jobs/apart.ts"
import { jobControl } from "./jobs/control.ts"
import { jobCrashing } from "./jobs/crashing.ts"
import { jobLifecycle } from "./jobs/lifecycle.ts"
import type { Rule } from "./Rule.ts"

/** Every promise about what a backend offers, in the order they are tried. */
export const rules: ReadonlyArray<Rule> = [
  ...clusterLifecycle,
  ...clusterPools,
  ...clusterWatching,
  ...clusterEnding,
  ...clusterCrashing,
  ...deploymentLifecycle,
  ...deploymentChanging,
  ...deploymentApart,
  ...deploymentCrashing,
  ...jobLifecycle,
  ...jobControl,
  ...jobApart,
  ...jobCrashing
]
