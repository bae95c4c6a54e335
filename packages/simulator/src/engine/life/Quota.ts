import type { QuotaSpec } from "./Scenario.ts"

/** Admits pods to their namespaces as far as these may hold them. */
export class Quota {
  readonly #limits: ReadonlyMap<string, QuotaSpec>
  readonly #used = new Map<string, { pods: number; cpuMilli: number }>()

  constructor(quotas: ReadonlyArray<QuotaSpec>) {
    this.#limits = new Map(quotas.map((quota) => [quota.namespace, quota]))
  }

  /** Takes room for one pod; false, and nothing taken, where the namespace is full. */
  admit(namespace: string, cpuMilli: number): boolean {
    const limit = this.#limits.get(namespace)
    if (limit === undefined) return true
    const used = this.#used.get(namespace) ?? { pods: 0, cpuMilli: 0 }
    if (used.pods + 1 > limit.podsMax || used.cpuMilli + cpuMilli > limit.cpuMilliMax) return false
    this.#used.set(namespace, { pods: used.pods + 1, cpuMilli: used.cpuMilli + cpuMilli })
    return true
  }

  /** Gives the room of an ended pod back; true where somebody may wait for it. */
  release(namespace: string, cpuMilli: number): boolean {
    const used = this.#used.get(namespace)
    if (used === undefined) return false
    used.pods -= 1
    used.cpuMilli -= cpuMilli
    return true
  }
}
