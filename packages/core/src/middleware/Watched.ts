import { Clock, Effect } from "effect"
import type { Cluster, ClusterEvent } from "../model/Cluster.ts"
import type { DeploymentEvent } from "../model/Deployment.ts"
import { isOver, type JobEvent } from "../model/Job.ts"
import type { Node } from "../model/Node.ts"
import { same } from "../model/same.ts"
import type { ComputeError } from "../service/ComputeError.ts"

/** What one watch has told so far, and what follows from that when it must be opened anew. */
export interface Watched<Event> {
  /** The event as it is to be told; nothing where it was told already. */
  readonly news: (event: Event) => Event | undefined
  /** Whether nothing comes after it. */
  readonly isLast: (event: Event) => boolean
  /** What happened while nobody watched and no new watch begins with. */
  readonly missed: Effect.Effect<ReadonlyArray<Event>, ComputeError>
  /** What is left to tell where it is gone. */
  readonly gone: (atMs: number) => ReadonlyArray<Event>
}

/** A deployment that is watched. */
export const watchedDeployment = (): Watched<DeploymentEvent> => {
  let last: DeploymentEvent | undefined
  return {
    news: (event) => {
      if (last?.type === event.type && same(last.deployment, event.deployment)) return undefined
      last = event
      return event
    },
    isLast: ({ type }) => type === "Deleted",
    missed: Effect.succeed([]),
    gone: (atMs) =>
      last === undefined ? [] : [{ type: "Deleted", atMs, deployment: { ...last.deployment, state: "deleting" } }]
  }
}

/** A job that is watched. */
export const watchedJob = (): Watched<JobEvent> => {
  let last: JobEvent | undefined
  return {
    news: (event) => {
      if (same(last?.job, event.job)) return undefined
      last = event
      return event
    },
    isLast: ({ job }) => isOver(job.state),
    missed: Effect.succeed([]),
    gone: () => []
  }
}

const typeOf = (before: Node, now: Node) =>
  before.state !== "ready" && now.state === "ready" ? "NodeReady" : "NodeChanged"

/** A cluster that is watched; `look` says what it is like, as a new watch says nothing of nodes that are gone. */
export const watchedCluster = (name: string, look: Effect.Effect<Cluster, ComputeError>): Watched<ClusterEvent> => {
  const known = new Map<string, Node>()
  const removed = (nodes: Iterable<Node>, atMs: number): ReadonlyArray<ClusterEvent> =>
    [...nodes].map((node) => ({ type: "NodeRemoved", atMs, node: { ...node, state: "gone" } }))
  return {
    news: (event) => {
      if (!("node" in event)) return event
      const { node, type } = event
      const before = known.get(node.id)
      if (type === "NodeRemoved") return known.delete(node.id) ? event : undefined
      known.set(node.id, node)
      if (before === undefined) return { ...event, type: "NodeAdded" }
      if (same(before, node)) return undefined
      return { ...event, type: type === "NodeAdded" ? typeOf(before, node) : type }
    },
    isLast: ({ type }) => type === "ClusterDeleted",
    missed: Effect.suspend(() =>
      known.size === 0
        ? Effect.succeed([])
        : Effect.flatMap(look, ({ nodes }) => {
            const there = new Set(nodes.map(({ id }) => id))
            const left = [...known.values()].filter(({ id }) => !there.has(id))
            return Effect.map(Clock.currentTimeMillis, (atMs) => removed(left, atMs))
          })
    ),
    gone: (atMs) => [...removed(known.values(), atMs), { type: "ClusterDeleted", atMs, cluster: name }]
  }
}
