import { type ClusterSpec, type Node, type PlannedStep, templateOf } from "@orrery/core"
import { node } from "./given.ts"

/** The nodes after one step, on machines that come up at once and go at once. */
export const applied = (spec: ClusterSpec, nodes: ReadonlyArray<Node>, { step }: PlannedStep): ReadonlyArray<Node> => {
  switch (step.type) {
    case "launch": {
      const pool = spec.nodePools.find(({ name }) => name === step.pool)
      if (pool === undefined) throw new Error(`there is no pool ${step.pool}`)
      if (nodes.some(({ name }) => name === step.machine)) throw new Error(`${step.machine} is there already`)
      return [...nodes, node(step.machine, { pool: pool.name, template: templateOf(spec, pool) })]
    }
    case "start":
      return nodes.map((it) => (it.name === step.machine ? { ...it, state: "ready" as const } : it))
    case "drain":
      return nodes.map((it) => (it.name === step.machine ? { ...it, state: "draining" as const } : it))
    case "terminate":
      if (!nodes.some(({ id }) => id === step.id)) throw new Error(`there is no ${step.id}`)
      return nodes.filter(({ id }) => id !== step.id)
    default:
      return nodes
  }
}
