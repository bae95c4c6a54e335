import type { Resources } from "@orrery/core"
import { type GpuShares, Gpus } from "./Gpus.ts"
import type { Trace } from "./Trace.ts"
import type { Named, PodEnd, WorldEvent } from "./WorldEvent.ts"

/** Where a pod is in its life; it has room on a node from starting until it is lost or has ended. */
export type PodState = "queued" | "starting" | "running" | "leaving" | "lost" | "ended"

/** Where a node is in its life; a closed one keeps its pods and takes no more. */
export type NodeState = "booting" | "ready" | "closed" | "deleting" | "lost"

/** Amounts that change in place. */
export type Amounts = { -readonly [kind in keyof Resources]: Resources[kind] }

/** A pod as far as every world knows it. */
export interface WorldPod<Node> extends Named {
  readonly request: Resources
  state: PodState
  node: Node | undefined
  gpus: GpuShares
}

/** A node as far as every world knows it. */
export interface WorldNode<Pod> extends Named {
  /** The group of equal nodes it is one of. */
  readonly pool: Named
  readonly allocatable: Resources
  readonly used: Amounts
  /** Thousandths that each GPU has left. */
  readonly gpusFree: Int32Array
  readonly pods: Array<Pod>
  state: NodeState
}

/**
 * Nodes, the pods on them and what these take, and every change to any of it, told as it happens. The engine's own controllers
 * and the simulated backend of the services each act on such a world, so that one thing done is one line in the trace of both.
 */
export abstract class World<Node extends WorldNode<Pod>, Pod extends WorldPod<Node>, Event extends string = never> {
  readonly trace: Trace<Event | WorldEvent>
  readonly gpus: Gpus
  /** The nodes that exist or boot, by number. */
  readonly nodes = new Map<number, Node>()

  constructor(trace: Trace<Event | WorldEvent>, gpus = new Gpus()) {
    this.trace = trace
    this.gpus = gpus
  }

  /** Milliseconds since the run began. */
  abstract get nowMs(): number

  /** Notes that something happened. */
  tell(event: Event | WorldEvent, subject: Named, where: Named | undefined, amount = 0): void {
    this.trace.tell(this.nowMs, event, subject, where, amount)
  }

  /** A node is asked for, and boots. */
  nodeRequested(node: Node): void {
    this.nodes.set(node.id, node)
    this.tell("nodeRequested", node, node.pool)
  }

  /** A node is up. Nodes are known in the order in which they came up. */
  nodeReady(node: Node): void {
    node.state = "ready"
    this.nodes.delete(node.id)
    this.nodes.set(node.id, node)
    this.tell("nodeReady", node, node.pool)
  }

  /** New pods are kept off a node that is up, or let on it again. */
  nodeCordoned(node: Node, isClosed: boolean): void {
    node.state = isClosed ? "closed" : "ready"
    this.tell(isClosed ? "nodeCordoned" : "nodeUncordoned", node, node.pool)
  }

  /** A node that runs does not answer, or answers again. */
  nodeSilent(node: Node, isSilent: boolean): void {
    this.tell(isSilent ? "nodeSilent" : "nodeHeard", node, node.pool)
  }

  /** A node is no more, from one moment to the next, and its pods with it. */
  nodeLost(node: Node): void {
    this.tell("nodeLost", node, node.pool)
    for (const pod of [...node.pods]) {
      this.tell("podLost", pod, node)
      this.#vacate(pod, node)
      pod.state = "lost"
    }
    node.state = "lost"
  }

  /** A node is forgotten, with what it cost where that is known. */
  nodeGone(node: Node, microUsd = 0): void {
    this.nodes.delete(node.id)
    this.tell("nodeGone", node, node.pool, microUsd)
  }

  /** Gives a pod its room on a node; false, and nothing taken, where its GPUs have not enough left. */
  podBound(pod: Pod, node: Node): boolean {
    const gpus = this.gpus.take(node.gpusFree, pod.request.gpuMilli)
    if (gpus === undefined) return false
    pod.gpus = gpus
    pod.node = node
    pod.state = "starting"
    node.pods.push(pod)
    count(node, pod, 1)
    this.tell("podBound", pod, node)
    for (const [gpu] of gpus) this.tell("gpuTaken", pod, node, gpu)
    return true
  }

  /** A pod that started runs. */
  podRunning(pod: Pod): void {
    pod.state = "running"
    this.tell("podRunning", pod, pod.node)
  }

  /** A pod is asked to leave; it keeps its room until it has. */
  podLeaving(pod: Pod, why: number): void {
    pod.state = "leaving"
    this.tell("podLeaving", pod, pod.node, why)
  }

  /** A pod on a node is over: its room is free. */
  podEnded(pod: Pod, how: PodEnd, exitCode = 0): void {
    const { node } = pod
    if (node !== undefined) this.#vacate(pod, node)
    pod.state = "ended"
    this.tell(how, pod, node, exitCode)
  }

  #vacate(pod: Pod, node: Node): void {
    for (const [gpu] of pod.gpus) this.tell("gpuFreed", pod, node, gpu)
    this.gpus.give(node.gpusFree, pod.gpus)
    pod.gpus = []
    const at = node.pods.indexOf(pod)
    if (at < 0) throw new RangeError(`pod ${pod.name} is not on node ${node.name}`)
    node.pods.splice(at, 1)
    count(node, pod, -1)
  }
}

const count = <Pod extends WorldPod<unknown>>(node: WorldNode<Pod>, { request }: Pod, sign: 1 | -1): void => {
  node.used.cpuMilli += sign * request.cpuMilli
  node.used.memoryBytes += sign * request.memoryBytes
  node.used.gpuMilli += sign * request.gpuMilli
}
