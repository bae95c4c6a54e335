/** What can happen to nodes and to the pods on them, in the order of the numbers that go into the state hash. */
export const worldEvents = [
  "nodeRequested",
  "nodeReady",
  "nodeBootFailed",
  "nodeCordoned",
  "nodeUncordoned",
  "nodeSilent",
  "nodeHeard",
  "nodeLost",
  "nodeGone",
  "podBound",
  "gpuTaken",
  "podRunning",
  "podLeaving",
  "podSucceeded",
  "podFailed",
  "podGone",
  "podLost",
  "gpuFreed"
] as const

/** One of the things that can happen in any world. */
export type WorldEvent = (typeof worldEvents)[number]

/** How a pod on a node may end: by itself, well or not, or because it was asked to leave. */
export type PodEnd = "podSucceeded" | "podFailed" | "podGone"

/** A number and a name for people. */
export interface Named {
  readonly id: number
  readonly name: string
}

/**
 * Sees everything that happens, as it happens. `subject` is the pod, node or workload; `where` the node of a pod, the
 * workload of a new pod or the pool of a node; `amount` a GPU, a size, a price, an exit code, or why a pod leaves.
 */
export type Witness<Event extends string> = (
  timeMs: number,
  event: Event,
  subject: Named,
  where: Named | undefined,
  amount: number
) => void

/** Why a pod leaves: its controller wants fewer, somebody empties its node by choice, a better pod needs the room, or its node goes. */
export const leaving = { scaledIn: 0, drained: 1, preempted: 2, reclaimed: 3 } as const
