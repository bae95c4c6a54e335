import type { ClusterAutoscalerOptions } from "./clusterAutoscalerDefaults.ts"

/** Whether few enough nodes are not ready to go on: so many in any case, or such a share of all. */
export const isHealthy = (
  nodes: { readonly total: number; readonly unready: number },
  {
    totalUnreadyOk,
    totalUnreadyPercentMax
  }: Pick<ClusterAutoscalerOptions, "totalUnreadyOk" | "totalUnreadyPercentMax">
): boolean => nodes.unready <= totalUnreadyOk || nodes.unready * 100 <= totalUnreadyPercentMax * nodes.total
