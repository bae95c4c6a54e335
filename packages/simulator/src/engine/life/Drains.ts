import type { ClusterAutoscalerOptions } from "@orrery/core"
import { leaving } from "../world/WorldEvent.ts"
import { actions } from "./actions.ts"
import type { Cluster } from "./Cluster.ts"
import type { LifeNode } from "./entities.ts"
import type { Groups } from "./Groups.ts"

const retryMs = 10_000

/** Nodes being emptied so that they can go: closed first, then their pods leave as budgets allow, then they are given back. */
export class Drains {
  readonly active = new Set<LifeNode>()
  readonly #cluster: Cluster
  readonly #groups: Groups
  readonly #options: ClusterAutoscalerOptions
  readonly #ended: (isDone: boolean) => void

  constructor(cluster: Cluster, groups: Groups, options: ClusterAutoscalerOptions, ended: (isDone: boolean) => void) {
    this.#cluster = cluster
    this.#groups = groups
    this.#options = options
    this.#ended = ended
  }

  /** Empty nodes that are on their way out. */
  deleting(): number {
    let count = 0
    for (const { state } of this.#cluster.nodes.values()) if (state === "deleting") count += 1
    return count
  }

  /** Closes a node and begins to empty it. */
  begin(node: LifeNode): void {
    node.drainStartedMs = this.#cluster.nowMs
    this.#groups.close(node, true)
    this.active.add(node)
    this.step(node)
  }

  /** Asks pods to leave as far as their budgets allow; ends when the node is empty, or when it took too long. */
  step(node: LifeNode): void {
    if (!this.active.has(node)) return
    const { agenda, budgets } = this.#cluster.parts
    if (node.state !== "closed") {
      this.active.delete(node)
      return
    }
    // Nobody waits for pods to leave that were told so on a node that does not answer.
    const others = node.pods.filter(
      ({ belongsToNode, state }) => !belongsToNode && !(node.isSilent && state === "leaving")
    )
    if (others.length === 0) {
      this.active.delete(node)
      this.#groups.remove(node, this.#options.nodeDeleteDelayAfterTaintMs)
      this.#ended(true)
      return
    }
    for (const pod of others) {
      if (pod.state === "leaving" || (pod.state === "running" && budgets.left(pod.workload) < 1)) continue
      this.#cluster.leave(pod, leaving.drained)
    }
    const isStuck = others.some(({ state }) => state !== "leaving")
    const { gracefulTerminationMsMax, podEvictionTimeMsMax } = this.#options
    const waitedMs = this.#cluster.nowMs - node.drainStartedMs
    if (waitedMs > podEvictionTimeMsMax && (isStuck || waitedMs > podEvictionTimeMsMax + gracefulTerminationMsMax)) {
      this.active.delete(node)
      this.#groups.close(node, false)
      this.#ended(false)
      return
    }
    agenda.schedule(agenda.now + retryMs, actions.drainStep, node.id)
  }
}
