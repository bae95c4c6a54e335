import type { EventLog } from "../EventLog.ts"
import { StateHash } from "../StateHash.ts"
import { actions } from "./actions.ts"
import type { LifeNode, LifePod, Workload } from "./entities.ts"
import { type LifeEvent, leaving, lifeEvents, type Named, type Witness } from "./LifeEvent.ts"
import type { Parts } from "./Parts.ts"

const codes = new Map<LifeEvent, number>(lifeEvents.map((event, code) => [event, code]))

/** Who looks on. */
export interface Onlookers {
  readonly witness?: Witness
  readonly log?: EventLog
}

/** Told what may need doing. */
export interface Reactions {
  readonly podQueued: (pod: LifePod) => void
  readonly roomOn: (node: LifeNode) => void
  readonly workloadChanged: (workload: Workload) => void
  readonly quotaFreed: () => void
}

/** All pods, and every step of their lives. Each step is folded into the state hash and told to the onlookers. */
export class Cluster {
  readonly parts: Parts
  readonly hash = new StateHash()
  readonly pods = new Map<number, LifePod>()
  readonly nodes = new Map<number, LifeNode>()
  /** Steps so far; the same number means that nothing changed. */
  steps = 0
  /** How much later than usual everybody learns of a change. */
  lagMs = 0
  reactions: Reactions | undefined
  #podsMade = 0
  readonly #witness: Witness | undefined
  readonly #log: EventLog | undefined

  constructor(parts: Parts, { log, witness }: Onlookers) {
    this.parts = parts
    this.#witness = witness
    this.#log = log
  }

  get nowMs(): number {
    return this.parts.agenda.now
  }

  /** Notes that something happened. */
  tell(event: LifeEvent, subject: Named, where: Named | undefined, amount = 0): void {
    const { hash, nowMs } = this
    this.steps += 1
    hash.integer(nowMs)
    hash.int32(codes.get(event) ?? -1)
    hash.int32(subject.id)
    hash.int32(where?.id ?? -1)
    hash.integer(amount)
    this.#witness?.(nowMs, event, subject, where, amount)
    this.#log?.write(nowMs, event, subject.name, where?.name ?? "", amount)
  }

  /** Makes a pod and queues it; false where its namespace is full. */
  create(workload: Workload): boolean {
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
      belongsToNode: false,
      blocker: "",
      budget: workload.spec.kind === "deployment" && workload.spec.maxUnavailable !== null ? workload.name : undefined,
      workload,
      state: "queued",
      node: undefined,
      slot: -1,
      devices: [],
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

  /** Gives a queued pod its node and devices; false where the node has not enough of the devices. */
  bind(pod: LifePod, node: LifeNode): boolean {
    const { agenda, devices, placement } = this.parts
    const taken = devices.take(node.devices, pod.id, pod.workload.spec.gpus)
    if (taken === undefined) return false
    pod.devices = taken
    pod.node = node
    pod.state = "starting"
    pod.workload.queued -= 1
    node.pods.push(pod)
    count(node, pod, 1)
    placement.assign(pod, node)
    this.tell("podBound", pod, node)
    for (const device of taken) this.tell("deviceTaken", pod, node, device)
    pod.ticket = agenda.schedule(this.nowMs + pod.workload.spec.startMs + this.lagMs, actions.podRuns, pod.id)
    return true
  }

  /** A started pod runs; its end, if it has one, comes after `runMs`. */
  run(pod: LifePod, runMs: number | undefined): void {
    pod.state = "running"
    pod.startedMs = this.nowMs
    pod.workload.running += 1
    pod.ticket = runMs === undefined ? -1 : this.parts.agenda.schedule(this.nowMs + runMs, actions.podEnds, pod.id)
    this.tell("podRunning", pod, pod.node)
  }

  /** Asks a pod to leave; it keeps its room until it has. */
  leave(pod: LifePod, why: number): void {
    if (pod.state === "leaving") return
    if (pod.state === "queued" || pod.state === "lost") {
      this.end(pod, "podGone")
      return
    }
    this.#stop(pod)
    pod.state = "leaving"
    pod.workload.live.delete(pod)
    this.tell("podLeaving", pod, pod.node, why)
    pod.ticket = this.parts.agenda.schedule(this.nowMs + pod.workload.spec.graceMs, actions.podLeft, pod.id)
    if (why !== leaving.scaledIn) this.reactions?.workloadChanged(pod.workload)
  }

  /** A pod is over: its room, its devices and its share of the quota are free. */
  end(pod: LifePod, how: "podSucceeded" | "podFailed" | "podGone"): void {
    const { node, workload } = pod
    if (pod.state === "queued") {
      workload.queued -= 1
      this.parts.placement.release(pod)
    } else this.#stop(pod)
    const wasLost = pod.state === "lost"
    if (node !== undefined && !wasLost) this.#vacate(pod, node)
    this.tell(how, pod, node)
    this.pods.delete(pod.id)
    workload.live.delete(pod)
    if (pod.leavesFor !== undefined) pod.leavesFor.awaited -= 1
    const isRoomier = this.parts.quota.release(workload.spec.namespace, workload.spec.cpuMilli)
    if (isRoomier) this.reactions?.quotaFreed()
    if (node !== undefined && !wasLost) this.reactions?.roomOn(node)
    this.reactions?.workloadChanged(workload)
  }

  /** A node is lost with all its pods; what they had there is gone with it, they themselves wait to be noticed. */
  losePods(node: LifeNode): void {
    for (const pod of [...node.pods]) {
      this.#stop(pod)
      this.tell("podLost", pod, node)
      this.#vacate(pod, node)
      pod.state = "lost"
    }
  }

  /** The nodes changed as far as the scheduler is concerned. */
  nodesChanged(): void {
    const known = [...this.nodes.values()].filter(({ state }) => state === "ready" || state === "draining")
    this.parts.placement.nodesChanged(known)
  }

  /** There may be more room on a node: whoever waits may look again. */
  roomOn(node: LifeNode): void {
    this.reactions?.roomOn(node)
  }

  #stop(pod: LifePod): void {
    if (pod.ticket >= 0) this.parts.agenda.cancel(pod.ticket)
    pod.ticket = -1
    if (pod.state === "running") pod.workload.running -= 1
  }

  #vacate(pod: LifePod, node: LifeNode): void {
    for (const device of pod.devices) this.tell("deviceFreed", pod, node, device)
    this.parts.devices.free(node.devices, pod.devices)
    pod.devices = []
    this.parts.placement.remove(pod)
    node.pods.splice(node.pods.indexOf(pod), 1)
    count(node, pod, -1)
  }
}

const count = (node: LifeNode, { request }: LifePod, sign: 1 | -1): void => {
  node.used.cpuMilli += sign * request.cpuMilli
  node.used.memoryBytes += sign * request.memoryBytes
  node.used.gpuMilli += sign * request.gpuMilli
}
