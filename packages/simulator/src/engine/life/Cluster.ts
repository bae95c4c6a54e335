import { Trace, type Onlookers as TraceOnlookers } from "../world/Trace.ts"
import { World } from "../world/World.ts"
import { leaving, type PodEnd } from "../world/WorldEvent.ts"
import { actions } from "./actions.ts"
import type { LifeNode, LifePod, Workload } from "./entities.ts"
import { type ControlEvent, type LifeEvent, lifeEvents } from "./LifeEvent.ts"
import type { Parts } from "./Parts.ts"

/** Who looks on. */
export type Onlookers = TraceOnlookers<LifeEvent>

/** Told what may need doing. */
export interface Reactions {
  readonly podQueued: (pod: LifePod) => void
  readonly roomOn: (node: LifeNode) => void
  readonly workloadChanged: (workload: Workload) => void
  readonly quotaFreed: () => void
  readonly nodesChanged: () => void
}

/** The world as the cluster's controllers see it: all pods, those without a node too, and what comes next for each. */
export class Cluster extends World<LifeNode, LifePod, ControlEvent> {
  readonly parts: Parts
  readonly pods = new Map<number, LifePod>()
  /** How much later than usual everybody learns of a change. */
  lagMs = 0
  reactions: Reactions | undefined
  #podsMade = 0

  constructor(parts: Parts, onlookers: Onlookers) {
    super(new Trace(lifeEvents, onlookers), parts.gpus)
    this.parts = parts
  }

  override get nowMs(): number {
    return this.parts.agenda.now
  }

  /** Makes a pod, for one node only where one is given, and queues it; false where its namespace is full. */
  create(workload: Workload, target?: LifeNode): boolean {
    const { namespace, cpuMilli } = workload.spec
    if (!this.parts.quota.admit(namespace, cpuMilli)) {
      this.tell("podRefused", workload, undefined)
      return false
    }
    const pod: LifePod = {
      id: this.#podsMade++,
      name: `${workload.name}-${workload.made++}`,
      kind: workload.kind,
      request: workload.request,
      belongsToNode: target !== undefined,
      blocker: "",
      budget: workload.spec.kind === "deployment" && workload.spec.maxUnavailable !== null ? workload.name : undefined,
      apart: workload.apart,
      workload,
      podClass: target === undefined ? workload.podClass : this.parts.placement.pin(workload.podClass, target),
      target,
      state: "queued",
      node: undefined,
      slot: -1,
      gpus: [],
      createdMs: this.nowMs,
      startedMs: 0,
      ticket: -1,
      refusedMs: -1,
      awaited: 0,
      nominated: undefined,
      leavesFor: undefined
    }
    this.pods.set(pod.id, pod)
    workload.live.add(pod)
    workload.queued += 1
    this.tell("podCreated", pod, workload)
    this.reactions?.podQueued(pod)
    return true
  }

  /** Gives a queued pod its node; false where the node's GPUs have not enough left. */
  bind(pod: LifePod, node: LifeNode): boolean {
    if (!this.podBound(pod, node)) return false
    pod.workload.queued -= 1
    this.parts.placement.assign(pod, node)
    const { startMs } = pod.workload.spec
    pod.ticket = this.parts.agenda.schedule(this.nowMs + startMs + this.lagMs, actions.podRuns, pod.id)
    return true
  }

  /** A started pod runs; its end, if it has one, comes after `runMs`. */
  run(pod: LifePod, runMs: number | undefined): void {
    pod.startedMs = this.nowMs
    pod.workload.running += 1
    pod.ticket = runMs === undefined ? -1 : this.parts.agenda.schedule(this.nowMs + runMs, actions.podEnds, pod.id)
    this.podRunning(pod)
  }

  /** Asks a pod to leave. One that is on no node is forgotten at once. */
  leave(pod: LifePod, why: number): void {
    if (pod.state === "leaving") return
    if (pod.state === "queued" || pod.state === "lost") {
      this.forget(pod)
      return
    }
    this.#stop(pod)
    pod.workload.live.delete(pod)
    this.podLeaving(pod, why)
    pod.ticket = this.parts.agenda.schedule(this.nowMs + pod.workload.spec.graceMs, actions.podLeft, pod.id)
    if (why !== leaving.scaledIn) this.reactions?.workloadChanged(pod.workload)
  }

  /** A pod on a node is over: its room is free, for its node and in its namespace. */
  end(pod: LifePod, how: PodEnd): void {
    const { node } = pod
    this.#stop(pod)
    this.parts.placement.remove(pod)
    this.podEnded(pod, how)
    this.#drop(pod)
    if (node !== undefined) this.reactions?.roomOn(node)
  }

  /** A pod that waits, or was lost with its node, is not wanted any more. */
  forget(pod: LifePod): void {
    if (pod.state === "queued") {
      pod.workload.queued -= 1
      this.parts.placement.release(pod)
    } else this.#stop(pod)
    this.tell("podForgotten", pod, pod.node)
    this.#drop(pod)
  }

  #drop(pod: LifePod): void {
    const { workload } = pod
    this.pods.delete(pod.id)
    workload.live.delete(pod)
    if (pod.leavesFor !== undefined) pod.leavesFor.awaited -= 1
    const isRoomier = this.parts.quota.release(workload.spec.namespace, workload.spec.cpuMilli)
    if (isRoomier) this.reactions?.quotaFreed()
    this.reactions?.workloadChanged(workload)
  }

  override nodeLost(node: LifeNode): void {
    for (const pod of node.pods) {
      this.#stop(pod)
      this.parts.placement.remove(pod)
    }
    super.nodeLost(node)
    this.parts.placement.nodeWent(node)
    this.reactions?.nodesChanged()
  }

  /** Pods on a node that does not answer run on, but do not count as running. */
  override nodeSilent(node: LifeNode, isSilent: boolean): void {
    node.isSilent = isSilent
    node.isReady = !isSilent
    if (isSilent) node.silentSinceMs = this.nowMs
    super.nodeSilent(node, isSilent)
    for (const { state, workload } of node.pods) if (state === "running") workload.running += isSilent ? -1 : 1
    this.parts.placement.nodeChanged(node)
  }

  override nodeReady(node: LifeNode): void {
    node.isReady = true
    super.nodeReady(node)
    this.parts.placement.nodeCame(node)
    this.reactions?.nodesChanged()
  }

  override nodeCordoned(node: LifeNode, isClosed: boolean): void {
    super.nodeCordoned(node, isClosed)
    this.parts.placement.nodeChanged(node)
  }

  /** There may be more room on a node: whoever waits may look again. */
  roomOn(node: LifeNode): void {
    this.reactions?.roomOn(node)
  }

  #stop(pod: LifePod): void {
    if (pod.ticket >= 0) this.parts.agenda.cancel(pod.ticket)
    pod.ticket = -1
    if (pod.state === "running" && pod.node?.isSilent !== true) pod.workload.running -= 1
  }
}
