import { type KubePod, podKey } from "./model.ts"
import { podNames } from "./preemption.ts"
import type { Decision, Scheduler } from "./Scheduler.ts"

/** Where one pod went, and why. */
export interface Placement {
  readonly pod: string
  readonly node: string | null
  /** The equally best nodes before the choice. */
  readonly ties: ReadonlyArray<string>
  /** Weighted scores by node and plugin; empty where only one node was left. */
  readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Why each refused node was refused, in the scheduler's words. */
  readonly refused: Readonly<Record<string, ReadonlyArray<string>>>
  /** Pods that had to leave. */
  readonly victims?: ReadonlyArray<string>
  /** What the scheduler says about a pod it could not place at once. */
  readonly message?: string
  /** How a followed choice differs from what would have been chosen. */
  readonly differs?: string
}

/** A choice made elsewhere. */
export interface Followed {
  readonly pod: string
  readonly node: string | null
  readonly victims?: ReadonlyArray<string> | undefined
}

const explained = (scheduler: Scheduler, pod: number, decision: Decision): Placement => {
  const nameOf = (node: number): string => scheduler.world.nodes[node]?.name ?? ""
  const ties = decision.ties.length > 0 ? decision.ties : decision.preemptions.map((one) => one.node)
  return {
    pod: podKey(scheduler.pod(pod)),
    node: null,
    ties: ties.map(nameOf),
    scores: Object.fromEntries(
      [...decision.scores].map(([node, scores]) => [nameOf(node), Object.fromEntries(scores)])
    ),
    refused: Object.fromEntries([...decision.refused].map(([node, { reasons }]) => [nameOf(node), reasons])),
    ...(decision.message === "" ? {} : { message: decision.message })
  }
}

/** A pod that the API server would not make. */
const unmade = (pod: KubePod, message: string): Placement => ({
  pod: podKey(pod),
  node: null,
  ties: [],
  scores: {},
  refused: {},
  message
})

/** What is said of a pod, which may wait for room on a node and may go on to do so. */
export const decideOn = (scheduler: Scheduler, pod: number): Decision => {
  const { world } = scheduler
  const awaited = world.nominations.take(pod)
  const decision = scheduler.decide(scheduler.pod(pod).class, world.nodeIndex.get(awaited ?? ""))
  if (awaited !== undefined && decision.keepsWaiting === true) world.nominations.add(pod, awaited)
  return decision
}

/** Places one pod, removing others where it must and may. */
export const placePod = (scheduler: Scheduler, pod: number): Placement => {
  const { world } = scheduler
  const { forbidden } = scheduler.pod(pod)
  if (forbidden !== undefined) return unmade(scheduler.pod(pod), forbidden)
  const decision = decideOn(scheduler, pod)
  const told = explained(scheduler, pod, decision)
  const free = scheduler.pick(decision.ties)
  const cleared = scheduler.pick(decision.preemptions.map((one) => one.node))
  const node = free >= 0 ? free : cleared
  if (node < 0) return told
  const victims = free >= 0 ? [] : (decision.preemptions.find((one) => one.node === node)?.victims ?? [])
  scheduler.evict(victims)
  scheduler.place(pod, node)
  const name = world.nodes[node]?.name ?? ""
  return { ...told, node: name, ...(victims.length > 0 ? { victims: podNames(world, victims) } : {}) }
}

const sameSet = (left: ReadonlyArray<string>, right: ReadonlyArray<string>): boolean =>
  left.length === right.length && left.every((one) => right.includes(one))

const difference = (
  scheduler: Scheduler,
  told: Placement,
  expected: ReadonlyArray<number>,
  given: Followed
): string | undefined => {
  const wanted = told.ties.length === 0 ? "no node" : told.ties.join(" or ")
  if (given.node === null ? told.ties.length > 0 : !told.ties.includes(given.node))
    return `went to ${given.node ?? "no node"}, expected ${wanted}`
  const victims = podNames(scheduler.world, expected)
  return sameSet(victims, given.victims ?? [])
    ? undefined
    : `made ${(given.victims ?? []).join(", ") || "nobody"} leave, expected ${victims.join(", ") || "nobody"}`
}

/** Keeps to a choice made elsewhere, and says how it differs from ours. */
export const followPod = (scheduler: Scheduler, ids: ReadonlyMap<string, number>, given: Followed): Placement => {
  const { world } = scheduler
  const pod = ids.get(given.pod)
  const node = given.node === null ? undefined : world.nodeIndex.get(given.node)
  if (pod === undefined || (given.node !== null && node === undefined)) {
    const what = pod === undefined ? `pod "${given.pod}"` : `node "${given.node}"`
    return { pod: given.pod, node: given.node, ties: [], scores: {}, refused: {}, differs: `there is no ${what}` }
  }
  const { forbidden } = scheduler.pod(pod)
  if (forbidden !== undefined) {
    const differs = given.node === null ? {} : { differs: `went to ${given.node}, expected not to be made` }
    return { ...unmade(scheduler.pod(pod), forbidden), node: given.node, ...differs }
  }
  const decision = decideOn(scheduler, pod)
  const told = explained(scheduler, pod, decision)
  const expected = decision.preemptions.find((one) => one.node === node)?.victims ?? []
  const differs = difference(scheduler, told, expected, given)
  const named = (given.victims ?? []).flatMap((name) => ids.get(name) ?? []).filter((one) => world.isPlaced(one))
  // The order in which pods leave is ours: each one's place goes to the last pod of its node.
  scheduler.evict(differs === undefined ? expected : named)
  if (node !== undefined && !world.isPlaced(pod)) scheduler.place(pod, node)
  return {
    ...told,
    node: given.node,
    ...(given.victims === undefined || given.victims.length === 0 ? {} : { victims: given.victims }),
    ...(differs === undefined ? {} : { differs })
  }
}
