import type { Workload } from "./entities.ts"

/** Says how many pods may be disrupted by choice: those that run beyond what a budget wants running. */
export class Budgets {
  /** Pods of the workload that may still go; without a budget, any number. */
  left({ replicas, running, spec }: Workload): number {
    if (spec.kind !== "deployment" || spec.maxUnavailable === null) return Number.MAX_SAFE_INTEGER
    return Math.max(0, running - Math.max(0, replicas - spec.maxUnavailable))
  }
}
