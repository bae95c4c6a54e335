import type { Node } from "../../model/Node.ts"
import type { PlannedStep } from "../../model/Plan.ts"

/** What a machine costs now: one that is stopped costs nothing. */
export const runningCost = ({ microUsdPerHour, state }: Node): number => (state === "stopped" ? 0 : microUsdPerHour)

/** The steps that take one machine away: emptied first where something may run on it. */
export const removal = (
  node: Node,
  { deadlineMs, reason }: { readonly deadlineMs: number; readonly reason: string }
): ReadonlyArray<PlannedStep> => {
  const machine = { pool: node.pool, machine: node.name }
  const terminate = (disruption: PlannedStep["disruption"]): PlannedStep => ({
    step: { type: "terminate", ...machine, id: node.id },
    reason,
    deltaMicroUsdPerHour: 0 - runningCost(node),
    disruption
  })
  if (node.state === "booting" || node.state === "stopped") return [terminate("none")]
  // Nobody can ask a lost node's pods to leave; whatever still runs there ends with it.
  if (node.state === "lost") return [terminate("kills pods")]
  return [
    { step: { type: "drain", ...machine, deadlineMs }, reason, deltaMicroUsdPerHour: 0, disruption: "moves pods" },
    terminate("none")
  ]
}

/** The step that brings a stopped machine back. */
export const start = (node: Node): PlannedStep => ({
  step: { type: "start", pool: node.pool, machine: node.name },
  reason: `${node.name} is stopped, and ${node.pool} needs it`,
  deltaMicroUsdPerHour: node.microUsdPerHour,
  disruption: "none"
})

/** The step that brings one machine in. */
export const launch = (options: {
  readonly pool: string
  readonly machine: string
  readonly replaces?: string | undefined
  readonly market?: "on-demand" | undefined
  readonly reason: string
  readonly microUsdPerHour: number
}): PlannedStep => ({
  step: {
    type: "launch",
    pool: options.pool,
    machine: options.machine,
    ...(options.replaces === undefined ? {} : { replaces: options.replaces }),
    ...(options.market === undefined ? {} : { market: options.market })
  },
  reason: options.reason,
  deltaMicroUsdPerHour: options.microUsdPerHour,
  disruption: "none"
})

/** A step that is about the whole cluster. */
export const clusterStep = (type: "createNetwork" | "removeNetwork" | "removeGoal", reason: string): PlannedStep => ({
  step: { type },
  reason,
  deltaMicroUsdPerHour: 0,
  disruption: "none"
})
