import type { Resources } from "@orrery/core"
import type { NodeUsage } from "./usage.ts"

/** How much of what a node has may be in use, in percent, before that is told. */
export interface UsageLimits {
  /** 80 where left out. */
  readonly cpuPercent?: number
  /** 85 where left out. */
  readonly memoryPercent?: number
}

/** A node has come above a limit, or is below it again. */
export interface UsageAlert {
  readonly node: string
  readonly resource: "cpu" | "memory"
  readonly state: "above" | "below"
  readonly percent: number
  readonly limitPercent: number
  readonly atMs: number
}

/** What every node has, and what those that were measured used. */
export interface UsageLook {
  readonly nodes: ReadonlyArray<{ readonly name: string; readonly capacity: Resources }>
  readonly usage: ReadonlyArray<NodeUsage>
}

/** Nodes that are above a limit, by what was told of each. */
export type Above = ReadonlyMap<string, UsageAlert>

/** What is to be told after one more look, and who is above now. A node that was not measured stays what it was. */
export const heedUsage = (
  above: Above,
  { nodes, usage }: UsageLook,
  { cpuPercent = 80, memoryPercent = 85 }: UsageLimits = {}
): readonly [Above, ReadonlyArray<UsageAlert>] => {
  const capacities = new Map(nodes.map(({ capacity, name }) => [name, capacity]))
  const now = new Map([...above].filter(([, { node }]) => capacities.has(node)))
  const told: Array<UsageAlert> = []
  for (const { atMs, name: node, used } of usage) {
    const capacity = capacities.get(node)
    if (capacity === undefined) continue
    for (const [resource, amount, whole, limitPercent] of [
      ["cpu", used.cpuMilli, capacity.cpuMilli, cpuPercent],
      ["memory", used.memoryBytes, capacity.memoryBytes, memoryPercent]
    ] as const) {
      const key = `${resource} ${node}`
      const percent = whole === 0 ? 0 : Math.floor((amount * 100) / whole)
      const state = percent >= limitPercent ? "above" : "below"
      if ((state === "above") === now.has(key)) continue
      const alert: UsageAlert = { node, resource, state, percent, limitPercent, atMs }
      if (state === "above") now.set(key, alert)
      else now.delete(key)
      told.push(alert)
    }
  }
  return [now, told]
}
