import type { LaunchRequest } from "@orrery/core"

/** One machine of cluster `c1`, as core asks for it. */
export const request = (machine: string, token: string, more: Partial<LaunchRequest> = {}): LaunchRequest => ({
  token,
  owner: { cluster: "c1", pool: "general", machine, template: "abc" },
  instanceType: "c5.xlarge",
  market: "on-demand",
  network: { subnets: [], securityGroups: [] },
  labels: {},
  taints: [],
  ...more
})
