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

/** The kube-scheduler with its view of the cluster, kept up to date one node and one pod at a time. */
export class Placement {
  readonly #world: World
  readonly #scheduler: Scheduler
  readonly #numbers = new Map<LifeNode, number>()
  readonly #nodes: Array<LifeNode> = []
  readonly #pods: Array<LifePod | undefined> = []
  readonly #free: Array<number> = []
  /** Pods that others leave a node for: their room is kept until they are tried again. */
  readonly #nominated = new Map<LifePod, LifeNode>()

  constructor(objects: KubeObjects, ties: Stream, profile: Profile = defaultProfile) {
    this.#world = new World({ ...objects, nodes: [], pods: [] })
    this.#scheduler = new Scheduler(this.#world, [profile], { kind: "seeded", seed: ties.uint32() })
  }

  /** A node is up. */
  nodeCame(node: LifeNode): void {
    const number = this.#world.addNode(node.kube)
    this.#numbers.set(node, number)
    this.#nodes[number] = node
  }

  /** A node was closed or opened, or does not answer, or does again. */
  nodeChanged(node: LifeNode): void {
    const number = this.#numbers.get(node)
    if (number === undefined) return
    this.#world.updateNode(
      number,
      node.state === "ready" && !node.isSilent ? node.kube : { ...node.kube, unschedulable: true }
    )
  }

  /** A node is no more; no pod is on it now. */
  nodeWent(node: LifeNode): void {
    const number = this.#numbers.get(node)
    if (number === undefined) return
    for (const [pod, kept] of [...this.#nominated]) if (kept === node) this.release(pod)
    this.#world.removeNode(number)
    this.#numbers.delete(node)
  }

  /** The class of pods that are like those of another, and go to one node only. */
  pin(podClass: PodClass, node: LifeNode): PodClass {
    const { classes } = this.#world
    const id = classes.length
    const named = { labels: [], fields: [{ key: "metadata.name", operator: "In", values: [node.name] } as const] }
    const pinned = { ...podClass, id, nodeTerms: [named] }
    classes.push(pinned)
    return pinned
  }

  /** The node a pod of the class goes to; undefined where none is free. */
  choose(podClass: PodClass): LifeNode | undefined {
    return this.#nodes[this.#scheduler.choose(podClass)]
  }

  /** A node that less important pods could leave for one of the class. */
  clear(podClass: PodClass): Clearing | undefined {
    const { preemptions } = this.#scheduler.decide(podClass)
    const best = this.#scheduler.pick(preemptions.map((one) => one.node))
    const node = this.#nodes[best]
    if (node === undefined) return undefined
    const victims = preemptions.find((one) => one.node === best)?.victims ?? []
    return { node, victims: victims.flatMap((slot) => this.#pods[slot] ?? []) }
  }

  /** Puts a pod on a node. */
  assign(pod: LifePod, node: LifeNode): void {
    const number = this.#numbers.get(node)
    if (number === undefined) throw new RangeError(`node ${node.name} is not there for pod ${pod.name}`)
    const slot = this.#free.pop() ?? this.#world.addPod(kubePod(pod, undefined))
    this.#world.pods[slot] = kubePod(pod, node)
    this.#pods[slot] = pod
    pod.slot = slot
    this.#world.assign(slot, number)
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
    if (pod.slot < 0) return
    this.#world.remove(pod.slot)
    this.#pods[pod.slot] = undefined
    this.#free.push(pod.slot)
    pod.slot = -1
  }
}

const kubePod = (pod: LifePod, node: LifeNode | undefined): KubePod => ({
  name: pod.name,
  class: pod.podClass,
  nodeName: node?.name,
  startTimeMs: pod.createdMs
})
