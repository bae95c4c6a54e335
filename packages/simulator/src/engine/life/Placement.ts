import {
  defaultProfile,
  type KubeObjects,
  type KubePod,
  type PodClass,
  type Profile,
  Scheduler,
  World
} from "../profiles/kube/index.ts"
import type { Stream } from "../Stream.ts"
import type { LifeNode, LifePod } from "./entities.ts"

/** A node to clear for a pod, and who has to leave it. */
export interface Clearing {
  readonly node: LifeNode
  readonly victims: ReadonlyArray<LifePod>
}

/**
 * The kube-scheduler's view of the cluster. Pods come and go in it one by one; it is laid out anew, as the scheduler's own
 * list of nodes is, when nodes come or go, and then only once somebody asks for a place.
 */
export class Placement {
  readonly #objects: KubeObjects
  readonly #profile: Profile
  readonly #ties: Stream
  #nodes: ReadonlyArray<LifeNode> = []
  #index = new Map<LifeNode, number>()
  #pods: Array<LifePod | undefined> = []
  #free: Array<number> = []
  #scheduler: Scheduler | undefined
  #start = 0
  /** Pods that others leave a node for: their room is kept until they are tried again. */
  readonly #nominated = new Map<LifePod, LifeNode>()

  constructor(objects: KubeObjects, ties: Stream, profile: Profile = defaultProfile) {
    this.#objects = objects
    this.#ties = ties
    this.#profile = profile
  }

  /** Nodes came, went, or were closed: `nodes` are those that exist for the scheduler now. */
  nodesChanged(nodes: Iterable<LifeNode>): void {
    if (this.#scheduler !== undefined) this.#start = this.#scheduler.start
    this.#scheduler = undefined
    this.#nodes = [...nodes]
  }

  /** The node a pod of the class goes to; undefined where none is free. */
  choose(podClass: PodClass): LifeNode | undefined {
    const scheduler = this.#laidOut()
    return this.#nodeOf(scheduler, scheduler.choose(podClass))
  }

  /** A node that less important pods could leave for one of the class. */
  clear(podClass: PodClass): Clearing | undefined {
    const scheduler = this.#laidOut()
    const { preemptions } = scheduler.decide(podClass)
    const best = scheduler.pick(preemptions.map((one) => one.node))
    const node = this.#nodeOf(scheduler, best)
    if (node === undefined) return undefined
    const victims = preemptions.find((one) => one.node === best)?.victims ?? []
    return { node, victims: victims.flatMap((slot) => this.#pods[slot] ?? []) }
  }

  /** Puts a pod on a node. */
  assign(pod: LifePod, node: LifeNode): void {
    const scheduler = this.#scheduler
    if (scheduler === undefined) return
    const slot = this.#free.pop() ?? scheduler.world.addPod(kubePod(pod, undefined))
    const index = this.#index.get(node)
    if (index === undefined) {
      this.nodesChanged(this.#nodes)
      return
    }
    scheduler.world.pods[slot] = kubePod(pod, node)
    this.#pods[slot] = pod
    pod.slot = slot
    scheduler.world.assign(slot, index)
  }

  /** Keeps room on a node for a pod that waits for others to leave it. */
  nominate(pod: LifePod, node: LifeNode): void {
    this.#nominated.set(pod, node)
    this.assign(pod, node)
  }

  /** Gives up the room kept for a pod. */
  release(pod: LifePod): void {
    if (this.#nominated.delete(pod)) this.remove(pod)
  }

  /** Takes a pod off its node. */
  remove(pod: LifePod): void {
    if (this.#scheduler === undefined || pod.slot < 0) return
    this.#scheduler.world.remove(pod.slot)
    this.#pods[pod.slot] = undefined
    this.#free.push(pod.slot)
    pod.slot = -1
  }

  #nodeOf(scheduler: Scheduler, index: number): LifeNode | undefined {
    const name = scheduler.world.nodes[index]?.name
    return name === undefined ? undefined : this.#byName.get(name)
  }

  #byName = new Map<string, LifeNode>()

  #laidOut(): Scheduler {
    if (this.#scheduler !== undefined) return this.#scheduler
    const known = new Set(this.#nodes)
    for (const [pod, node] of this.#nominated) if (!known.has(node)) this.#nominated.delete(pod)
    const placed = [...this.#nodes.flatMap((node) => node.pods), ...this.#nominated.keys()]
    const pods = placed.map((pod) => kubePod(pod, pod.node ?? this.#nominated.get(pod)))
    const nodes = this.#nodes.map((node) =>
      node.state === "ready" ? node.kube : { ...node.kube, unschedulable: true }
    )
    const world = new World({ ...this.#objects, nodes, pods })
    this.#pods = [...placed]
    placed.forEach((pod, slot) => {
      pod.slot = slot
    })
    this.#free = []
    this.#byName = new Map(this.#nodes.map((node) => [node.name, node]))
    this.#index = new Map(this.#nodes.map((node) => [node, world.nodeIndex.get(node.name) ?? -1]))
    this.#scheduler = new Scheduler(world, [this.#profile], { kind: "seeded", seed: this.#ties.uint32() }, this.#start)
    return this.#scheduler
  }
}

const kubePod = (pod: LifePod, node: LifeNode | undefined): KubePod => ({
  name: pod.name,
  class: pod.workload.podClass,
  nodeName: node?.name,
  startTimeMs: pod.createdMs
})
