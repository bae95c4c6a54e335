import { SchedulingQueue } from "../profiles/kube/index.ts"
import { leaving } from "../world/WorldEvent.ts"
import { actions } from "./actions.ts"
import type { Cluster } from "./Cluster.ts"
import type { LifeNode, LifePod } from "./entities.ts"

const flushMs = 30_000
/** Changes within this time are taken up together. */
const gatherMs = 100

/** The scheduler: takes pods from its queue, and gives them nodes or makes them wait for a change that may help. */
export class Dispatcher {
  readonly #cluster: Cluster
  readonly #queue = new SchedulingQueue()
  readonly #roomier = new Set<LifeNode>()
  /** Pods on nodes, by priority: nobody can be made to leave for a pod that outranks none of them. */
  readonly #priorities: ReadonlyArray<number>
  #isDue = false
  #isFlushDue = false

  constructor(cluster: Cluster, priorities: ReadonlyArray<number>) {
    this.#cluster = cluster
    this.#priorities = priorities
  }

  /** A new pod. */
  queued(pod: LifePod): void {
    this.#queue.add(pod.id, pod.workload.spec.priority, false, this.#cluster.nowMs)
    this.#wake(0)
  }

  /** There may be more room on a node. */
  roomOn(node: LifeNode): void {
    if (node.state !== "ready" || node.isSilent) return
    this.#roomier.add(node)
    const { active, backoff, unschedulable } = this.#queue.sizes
    if (active + backoff + unschedulable > 0) this.#wake(gatherMs)
  }

  #wake(afterMs: number): void {
    if (this.#isDue) return
    this.#isDue = true
    const { agenda } = this.#cluster.parts
    agenda.schedule(agenda.now + afterMs + this.#cluster.lagMs, actions.scheduling, 0)
  }

  /** Tries all pods that may be tried. */
  schedule(): void {
    this.#isDue = false
    const { nowMs, pods } = this.#cluster
    if (this.#roomier.size > 0) {
      const nodes = [...this.#roomier].filter(({ state }) => state === "ready")
      this.#queue.changed((id) => helps(nodes, pods.get(id)), nowMs)
    }
    this.#roomier.clear()
    for (let id = this.#queue.pop(nowMs); id !== undefined; id = this.#queue.pop(nowMs)) {
      const pod = pods.get(id)
      if (pod === undefined || pod.state !== "queued" || this.#place(pod)) this.#queue.done(id)
      else {
        if (pod.refusedMs < 0) pod.refusedMs = nowMs
        this.#queue.refused(id, nowMs)
      }
    }
    this.#flushLater()
  }

  #flushLater(): void {
    if (this.#isFlushDue || this.#queue.sizes.unschedulable === 0) return
    this.#isFlushDue = true
    const { agenda } = this.#cluster.parts
    agenda.schedule(agenda.now + flushMs, actions.queueFlush, 0)
  }

  /** Lets pods that waited long for a change try anyway. */
  flush(): void {
    this.#isFlushDue = false
    this.#queue.flush(this.#cluster.nowMs)
    if (this.#queue.sizes.active + this.#queue.sizes.backoff > 0) this.#wake(0)
    this.#flushLater()
  }

  #place(pod: LifePod): boolean {
    const { placement } = this.#cluster.parts
    const { podClass } = pod
    const { spec } = pod.workload
    placement.release(pod)
    const node = placement.choose(podClass)
    if (node !== undefined) return this.#cluster.bind(pod, node)
    // Pods already leave for this one; the scheduler waits for them, and does not ask for more.
    if (pod.awaited > 0 && pod.nominated?.state === "ready") placement.nominate(pod, pod.nominated)
    else if (this.#priorities.some((priority) => priority < spec.priority)) this.#clearFor(pod)
    return false
  }

  #clearFor(pod: LifePod): void {
    const { placement } = this.#cluster.parts
    const clearing = placement.clear(pod.podClass)
    if (clearing === undefined) return
    for (const victim of clearing.victims) {
      // A pod that only waits for its room there loses no more than its place in the row.
      if (victim.state === "queued") placement.release(victim)
      if (victim.state === "queued" || victim.state === "leaving") continue
      victim.leavesFor = pod
      pod.awaited += 1
      this.#cluster.leave(victim, leaving.preempted)
    }
    pod.nominated = clearing.node
    placement.nominate(pod, clearing.node)
  }
}

/** Whether one of the nodes may have room for the pod now, or pods on it that could be made to leave. */
const helps = (nodes: ReadonlyArray<LifeNode>, pod: LifePod | undefined): boolean => {
  if (pod === undefined) return true
  const { group, priority } = pod.workload.spec
  return nodes.some(
    ({ allocatable, group: of, pods, podsMax, used }) =>
      (group === "" || group === of) &&
      ((pods.length < podsMax &&
        allocatable.cpuMilli - used.cpuMilli >= pod.request.cpuMilli &&
        allocatable.memoryBytes - used.memoryBytes >= pod.request.memoryBytes &&
        allocatable.gpuMilli - used.gpuMilli >= pod.request.gpuMilli) ||
        pods.some((one) => one.workload.spec.priority < priority))
  )
}
