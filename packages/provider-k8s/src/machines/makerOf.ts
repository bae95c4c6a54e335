import { clusterApi } from "./clusterApi.ts"
import { karpenter } from "./karpenter.ts"
import type { MachineMaker, MachinesConfig } from "./MachineMaker.ts"

/** The maker that a configuration names. */
export const makerOf = (config: MachinesConfig): MachineMaker =>
  config.by === "karpenter" ? karpenter(config) : clusterApi(config)
