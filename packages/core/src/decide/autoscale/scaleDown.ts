import type { ClusterAutoscalerOptions } from "./clusterAutoscalerDefaults.ts"
import { Relocation, type RemovableNode } from "./Relocation.ts"
import { utilizationPercent } from "./utilizationPercent.ts"

/** What the last scan found, to be given to the next. */
export interface ScaleDownMemory {
  readonly unneededSinceMs: ReadonlyMap<string, number>
  /** Nodes that could not be emptied, and until when they are not looked at again. */
  readonly unremovableUntilMs: ReadonlyMap<string, number>
}

/** Nothing found yet. */
export const scaleDownMemory: ScaleDownMemory = { unneededSinceMs: new Map(), unremovableUntilMs: new Map() }

/** The nodes as they are, what is going on, and when something last happened. */
export interface ScaleDownInput {
  readonly nodes: ReadonlyArray<RemovableNode>
  readonly groups: ReadonlyMap<string, { readonly size: number; readonly min: number }>
  /** Pods of each budget that may still be disrupted. */
  readonly disruptionsLeft: ReadonlyMap<string, number>
  /** What filters other than resources say. */
  readonly mayRun: (kind: string, node: RemovableNode) => boolean
  readonly deletingEmpty: number
  readonly draining: number
  readonly lastScaleUpMs: number
  readonly lastDeleteMs: number
  readonly lastFailureMs: number
  readonly nowMs: number
  readonly options: ClusterAutoscalerOptions
  readonly memory: ScaleDownMemory
}

/** The nodes to remove now, those to empty first, and what keeps each of the others. */
export interface ScaleDownDecision {
  readonly empty: ReadonlyArray<string>
  readonly drain: ReadonlyArray<string>
  readonly kept: ReadonlyMap<string, string>
  readonly memory: ScaleDownMemory
}

const isEmptied = ({ pods }: RemovableNode): boolean => pods.every((pod) => pod.belongsToNode)

/** Empty nodes first, then those found unneeded before, in the order given. */
const ordered = (nodes: ReadonlyArray<RemovableNode>, { unneededSinceMs }: ScaleDownMemory) => {
  const rank = (node: RemovableNode): number => (isEmptied(node) ? 0 : unneededSinceMs.has(node.name) ? 1 : 2)
  return nodes
    .map((node, index) => ({ node, index, rank: rank(node) }))
    .toSorted((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ node }) => node)
}

/** Nodes little used whose pods all fit elsewhere, each taken away before the next is looked at. */
const findUnneeded = (input: ScaleDownInput, kept: Map<string, string>, retryMs: Map<string, number>) => {
  const { memory, nodes, nowMs, options } = input
  const little = nodes.filter((node) => {
    const threshold =
      node.allocatable.gpuMilli > 0 ? options.gpuUtilizationThresholdPercent : options.utilizationThresholdPercent
    if (node.isReady && utilizationPercent(node) > threshold) kept.set(node.name, `is used by more than ${threshold} %`)
    else if ((memory.unremovableUntilMs.get(node.name) ?? 0) > nowMs) {
      kept.set(node.name, "could not be emptied a while ago")
      retryMs.set(node.name, memory.unremovableUntilMs.get(node.name) ?? 0)
    } else return true
    return false
  })
  const candidates = ordered(little, memory)
  const pool = Math.max(options.candidatesPoolMin, Math.ceil((nodes.length * options.candidatesPoolPercent) / 100))
  const relocation = candidates.length === 0 ? undefined : new Relocation(nodes, input.mayRun, input.disruptionsLeft)
  const unneeded: Array<RemovableNode> = []
  let drains = 0
  let looked = 0
  for (const node of candidates) {
    if (!isEmptied(node) && (drains >= options.nonEmptyCandidatesMax || looked++ >= pool)) {
      kept.set(node.name, "enough other nodes are candidates")
      continue
    }
    const why = relocation?.remove(node)
    if (why === undefined) {
      unneeded.push(node)
      if (!isEmptied(node)) drains += 1
    } else {
      kept.set(node.name, why)
      retryMs.set(node.name, nowMs + options.unremovableRecheckMs)
    }
  }
  return unneeded
}

const cooldown = (input: ScaleDownInput): string | undefined => {
  const { lastDeleteMs, lastFailureMs, lastScaleUpMs, nowMs, options } = input
  if (lastScaleUpMs + options.scaleDownDelayAfterAddMs > nowMs) return "a node was added not long ago"
  if (lastFailureMs + options.scaleDownDelayAfterFailureMs > nowMs) return "a removal failed not long ago"
  if (lastDeleteMs + options.scaleDownDelayAfterDeleteMs > nowMs) return "a node was removed not long ago"
  return undefined
}

/** Picks from the unneeded nodes those whose time has come, within group sizes and what may go on at once. */
const choose = (input: ScaleDownInput, unneeded: ReadonlyArray<RemovableNode>, since: ReadonlyMap<string, number>) => {
  const { deletingEmpty, draining, groups, nowMs, options } = input
  const empty: Array<string> = []
  const drain: Array<string> = []
  const kept = new Map<string, string>()
  const removed = new Map<string, number>()
  for (const node of unneeded) {
    const group = groups.get(node.group)
    const gone = removed.get(node.group) ?? 0
    const neededMs = node.isReady ? options.unneededTimeMs : options.unreadyTimeMs
    const running = deletingEmpty + draining + empty.length + drain.length
    if ((since.get(node.name) ?? nowMs) + neededMs >= nowMs)
      kept.set(node.name, "has not been unneeded for long enough")
    else if (group === undefined || group.size - gone <= group.min) kept.set(node.name, "its group is at its minimum")
    else if (running >= options.scaleDownParallelismMax) kept.set(node.name, "enough other nodes are being removed")
    else if (isEmptied(node)) empty.push(node.name)
    else if (draining + drain.length < options.drainParallelismMax) drain.push(node.name)
    else kept.set(node.name, "another node is being emptied")
    if (!kept.has(node.name)) removed.set(node.group, gone + 1)
  }
  return { empty, drain, kept }
}

/**
 * Which nodes go. A node goes once it was unneeded for strictly longer than its time without a break, and no scale-up,
 * removal or failure was too recent; how long nodes have been unneeded is counted all the same.
 */
export const scaleDown = (input: ScaleDownInput): ScaleDownDecision => {
  const kept = new Map<string, string>()
  const unremovableUntilMs = new Map<string, number>()
  const unneeded = findUnneeded(input, kept, unremovableUntilMs)
  const unneededSinceMs = new Map(
    unneeded.map(({ name }) => [name, input.memory.unneededSinceMs.get(name) ?? input.nowMs])
  )
  const memory = { unneededSinceMs, unremovableUntilMs }
  const why = cooldown(input)
  if (why !== undefined) {
    for (const { name } of unneeded) kept.set(name, why)
    return { empty: [], drain: [], kept, memory }
  }
  const chosen = choose(input, unneeded, unneededSinceMs)
  for (const [name, reason] of chosen.kept) kept.set(name, reason)
  return { empty: chosen.empty, drain: chosen.drain, kept, memory }
}
