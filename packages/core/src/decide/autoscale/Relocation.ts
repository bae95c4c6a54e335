import type { Resources } from "../../model/Resources.ts"

/** A pod on a node that may be removed. */
export interface RelocatablePod {
  readonly name: string
  /** Pods of one kind are equal to filters. */
  readonly kind: string
  readonly request: Resources
  /** It goes with its node, as a DaemonSet's does. */
  readonly belongsToNode: boolean
  /** What forbids moving it: no owner, local storage, a mark of its own; empty where nothing does. */
  readonly blocker: string
  readonly budget: string | undefined
  /** It shares no node with another of its kind. */
  readonly apart?: boolean
}

/** A node that the autoscaler may remove. */
export interface RemovableNode {
  readonly name: string
  readonly group: string
  readonly allocatable: Resources
  readonly podsMax: number
  readonly used: Resources
  readonly pods: ReadonlyArray<RelocatablePod>
  readonly isReady: boolean
}

/** A node in the trial. */
interface Trial {
  readonly node: RemovableNode
  cpuMilli: number
  memoryBytes: number
  gpuMilli: number
  podsFree: number
  /** Pods that earlier removals moved here. */
  readonly arrived: Array<RelocatablePod>
  isOpen: boolean
}

/** Tries to take nodes away one after another; each removal counts for those after it. */
export class Relocation {
  readonly #trials: ReadonlyArray<Trial>
  readonly #byName: ReadonlyMap<string, Trial>
  readonly #mayRun: (kind: string, node: RemovableNode) => boolean
  readonly #disruptionsLeft: ReadonlyMap<string, number>

  constructor(
    nodes: ReadonlyArray<RemovableNode>,
    mayRun: (kind: string, node: RemovableNode) => boolean,
    disruptionsLeft: ReadonlyMap<string, number>
  ) {
    this.#trials = nodes.map((node) => ({
      node,
      cpuMilli: node.allocatable.cpuMilli - node.used.cpuMilli,
      memoryBytes: node.allocatable.memoryBytes - node.used.memoryBytes,
      gpuMilli: node.allocatable.gpuMilli - node.used.gpuMilli,
      podsFree: node.podsMax - node.pods.length,
      arrived: [],
      isOpen: node.isReady
    }))
    this.#byName = new Map(this.#trials.map((trial) => [trial.node.name, trial]))
    this.#mayRun = mayRun
    this.#disruptionsLeft = disruptionsLeft
  }

  /** Moves a node's pods elsewhere and closes it; where that cannot be, changes nothing and says why. */
  remove(node: RemovableNode): string | undefined {
    const from = this.#byName.get(node.name)
    if (from === undefined) return "is not known"
    const leaving = [...node.pods.filter((pod) => !pod.belongsToNode), ...from.arrived]
    const blocked = this.#blocker(leaving)
    if (blocked !== undefined) return blocked
    const wasOpen = from.isOpen
    from.isOpen = false
    const moved: Array<readonly [RelocatablePod, Trial]> = []
    for (const pod of leaving) {
      const to = this.#trials.find((trial) => this.#takes(trial, pod))
      if (to === undefined) {
        for (const [one, trial] of moved) put(trial, one, -1)
        from.isOpen = wasOpen
        return `no other node takes pod ${pod.name}`
      }
      put(to, pod, 1)
      moved.push([pod, to])
    }
    return undefined
  }

  #blocker(leaving: ReadonlyArray<RelocatablePod>): string | undefined {
    const disrupted = new Map<string, number>()
    for (const { blocker, budget, name } of leaving) {
      if (blocker !== "") return `pod ${name} ${blocker}`
      if (budget === undefined) continue
      const count = (disrupted.get(budget) ?? 0) + 1
      if (count > (this.#disruptionsLeft.get(budget) ?? 0)) return `budget ${budget} lets pod ${name} not go`
      disrupted.set(budget, count)
    }
    return undefined
  }

  #takes(trial: Trial, { apart, kind, request }: RelocatablePod): boolean {
    if (apart === true && [...trial.node.pods, ...trial.arrived].some((pod) => pod.kind === kind)) return false
    return (
      trial.isOpen &&
      trial.podsFree >= 1 &&
      trial.cpuMilli >= request.cpuMilli &&
      trial.memoryBytes >= request.memoryBytes &&
      trial.gpuMilli >= request.gpuMilli &&
      this.#mayRun(kind, trial.node)
    )
  }
}

const put = (trial: Trial, pod: RelocatablePod, sign: 1 | -1): void => {
  trial.cpuMilli -= sign * pod.request.cpuMilli
  trial.memoryBytes -= sign * pod.request.memoryBytes
  trial.gpuMilli -= sign * pod.request.gpuMilli
  trial.podsFree -= sign
  if (sign > 0) trial.arrived.push(pod)
  else trial.arrived.pop()
}
