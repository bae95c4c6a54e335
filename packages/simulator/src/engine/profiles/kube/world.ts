import { ChangeLog, nodeCame, nodeChanged, nodeWent } from "./ChangeLog.ts"
import { ClaimBook } from "./ClaimBook.ts"
import { grownBytes, grownInts } from "./grown.ts"
import { Images } from "./images.ts"
import { sameLabels, sameTaints } from "./looks.ts"
import type { HostPort, KubeNode, KubeObjects, KubePod, PodClass } from "./model.ts"
import { NodeTable } from "./NodeTable.ts"
import { Nominations } from "./Nominations.ts"
import { inSearchOrder, NodeOrder } from "./nodeOrder.ts"
import { SearchOrder } from "./SearchOrder.ts"
import { Topology } from "./Topology.ts"
import { VolumeLimits } from "./VolumeLimits.ts"

const unplaced = -1

/**
 * Nodes with what is taken of them, pods with where they are, and a log of every change to both. A node keeps its number for
 * ever, also if it goes and one of the same name comes; the pods of a node that went stay with it, unseen, until they are removed.
 */
export class World {
  readonly nodes: Array<KubeNode>
  /** The nodes that are there. */
  readonly nodeIndex = new Map<string, number>()
  readonly classes: Array<PodClass>
  readonly objects: KubeObjects
  readonly pods: Array<KubePod> = []
  podNode = new Int32Array(0)
  readonly podsOn: Array<Array<number>> = []
  readonly table: NodeTable
  /** The placed pods that want others near or far: the only ones that most other pods must heed. */
  readonly wishful = new Set<number>()
  readonly log = new ChangeLog()
  /** The numbers of the nodes that came, went or changed, in order. */
  readonly nodeChanges: Array<number> = []
  readonly images = new Images()
  readonly nominations = new Nominations()
  readonly claims: ClaimBook
  readonly volumeLimits: VolumeLimits
  readonly search: SearchOrder
  /** Moves on when a node's labels change, so that counts by label are no longer right. */
  labelsVersion = 0
  /** Moves on when a node's taints change. */
  taintsVersion = 0
  readonly #order = new NodeOrder<number>()
  readonly #numbers = new Map<string, number>()
  /** Pods that name a node nobody has seen yet. */
  readonly #awaiting = new Map<string, Array<number>>()
  #live = new Uint8Array(0)
  readonly #topologies = new Map<string, Topology>()
  readonly #ports = new Map<number, ReadonlyArray<HostPort>>()

  constructor(objects: KubeObjects) {
    this.objects = objects
    this.claims = new ClaimBook(objects)
    this.volumeLimits = new VolumeLimits(objects, this.claims)
    this.nodes = [...inSearchOrder(objects.nodes)]
    this.table = new NodeTable(this.nodes)
    this.nodes.forEach((node, index) => {
      this.#numbers.set(node.name, index)
    })
    this.#grow(this.nodes.length)
    this.search = new SearchOrder(this.#order)
    for (const node of objects.nodes) this.#arrive(this.#numbers.get(node.name) as number, node)
    this.classes = [...objects.classes]
    this.podNode = new Int32Array(objects.pods.length)
    for (const pod of objects.pods) this.addPod(pod)
  }

  /** Whether the node is there. */
  isLive(node: number): boolean {
    return this.#live[node] === 1
  }

  /** Whether the pod is on a node. */
  isPlaced(pod: number): boolean {
    return (this.podNode[pod] ?? unplaced) !== unplaced
  }

  /** A decision begins: as the real scheduler copies its cache then, so do the order of nodes and the view of images catch up. */
  settle(): void {
    this.search.settle()
    this.images.settle()
  }

  /** Makes room for so many nodes. */
  #grow(count: number): void {
    if (count <= this.#live.length && this.podsOn.length >= count) return
    while (this.podsOn.length < count) this.podsOn.push([])
    this.#live = grownBytes(this.#live, count)
    this.table.grow(this.capacity)
  }

  /** How many nodes there is room for; columns are replaced when it grows. */
  get capacity(): number {
    return this.#live.length
  }

  #size(index: number, node: KubeNode): void {
    this.nodes[index] = node
    this.table.size(index, node)
  }

  #arrive(index: number, node: KubeNode): void {
    this.#size(index, node)
    this.#live[index] = 1
    this.nodeIndex.set(node.name, index)
    this.#order.add(node, index)
    this.search.came(index)
    this.images.set(index, node)
  }

  /** A node comes; one of a name that was there before gets its old number, and the pods that stayed with it. */
  addNode(node: KubeNode): number {
    if (this.nodeIndex.has(node.name)) throw new RangeError(`there is a node "${node.name}" already`)
    const before = this.#numbers.get(node.name)
    const index = before ?? this.nodes.length
    this.#grow(index + 1)
    if (before === undefined) {
      this.#numbers.set(node.name, index)
      for (const topology of this.#topologies.values()) topology.set(index, node)
    } else this.#noteLooks(this.nodes[index] as KubeNode, node)
    this.#arrive(index, node)
    this.nodeChanges.push(index)
    this.log.add(index, nodeCame, 0)
    for (const pod of this.#list(index)) this.#show(pod, index, 1)
    for (const pod of this.#awaiting.get(node.name) ?? []) this.assign(pod, index)
    this.#awaiting.delete(node.name)
    return index
  }

  /** A node goes. Its pods are no longer seen, but keep their place until they are removed. */
  removeNode(index: number): void {
    const node = this.#node(index)
    for (const pod of this.#list(index)) this.#show(pod, index, -1)
    this.#live[index] = 0
    this.nodeIndex.delete(node.name)
    this.#order.remove(node, index)
    this.search.went(index)
    this.images.drop(index)
    this.nodeChanges.push(index)
    this.log.add(index, nodeWent, 0)
  }

  /** A pod on a node comes into sight or goes out of it, with the node. */
  #show(pod: number, node: number, delta: 1 | -1): void {
    const podClass = this.#class(pod)
    this.claims.shift(podClass, delta)
    this.log.add(node, podClass.id, delta)
  }

  /** A node changes: closed or opened, other labels, taints, sizes or images. Its name stays. */
  updateNode(index: number, changed: KubeNode): void {
    const node = this.#node(index)
    if (changed.name !== node.name) throw new RangeError(`node "${node.name}" cannot become "${changed.name}"`)
    this.#noteLooks(node, changed)
    this.#order.move(node, changed, index)
    this.#size(index, changed)
    this.images.set(index, changed)
    this.nodeChanges.push(index)
    this.log.add(index, nodeChanged, 0)
  }

  #noteLooks(before: KubeNode, after: KubeNode): void {
    if (!sameTaints(before, after)) this.taintsVersion++
    if (sameLabels(before, after)) return
    this.labelsVersion++
    this.#topologies.clear()
  }

  #node(index: number): KubeNode {
    const node = this.isLive(index) ? this.nodes[index] : undefined
    if (node === undefined) throw new RangeError(`there is no node ${index}`)
    return node
  }

  /** A pod comes; it is placed at once if it names its node. */
  addPod(pod: KubePod): number {
    const id = this.pods.push(pod) - 1
    this.podNode = grownInts(this.podNode, id + 1, unplaced)
    this.podNode[id] = unplaced
    this.classes[pod.class.id] ??= pod.class
    if (pod.nodeName === undefined) {
      // Behind its gates a pod is not in the queue, and nothing is kept for it.
      if (pod.nominatedNodeName !== undefined && !pod.class.gated) this.nominations.add(id, pod.nominatedNodeName)
      return id
    }
    const node = this.nodeIndex.get(pod.nodeName)
    if (node !== undefined) this.assign(id, node)
    else this.#awaiting.set(pod.nodeName, [...(this.#awaiting.get(pod.nodeName) ?? []), id])
    return id
  }

  /** The host ports taken on a node. */
  portsOn(node: number): ReadonlyArray<HostPort> {
    return this.#ports.get(node) ?? []
  }

  /** Host ports as they were before a trial. */
  setPorts(node: number, ports: ReadonlyArray<HostPort>): void {
    this.#ports.set(node, ports)
  }

  /** The values of a label over the nodes. */
  topology(key: string): Topology {
    const known = this.#topologies.get(key)
    if (known !== undefined) return known
    const topology = new Topology(key, this.nodes)
    this.#topologies.set(key, topology)
    return topology
  }

  /** Puts a pod on a node. */
  assign(pod: number, node: number): void {
    const podClass = this.#class(pod)
    this.podNode[pod] = node
    this.#list(node).push(pod)
    if (isWishful(podClass)) this.wishful.add(pod)
    this.#count(podClass, node, 1)
  }

  /** Takes a pod off its node; the node's last pod fills its place, as in the real cache. */
  remove(pod: number): void {
    const node = this.podNode[pod] ?? unplaced
    const pods = this.#list(node)
    const at = pods.indexOf(pod)
    const last = pods.pop()
    if (last !== undefined && at < pods.length) pods[at] = last
    this.podNode[pod] = unplaced
    this.wishful.delete(pod)
    this.#count(this.#class(pod), node, -1)
  }

  #count(podClass: PodClass, node: number, delta: 1 | -1): void {
    this.shift(podClass, node, delta)
    if (this.#live[node] === 0) return
    this.images.touch(node)
    this.log.add(node, podClass.id, delta)
  }

  /** Counts one more or one fewer pod of a class on a node, without a trace in the log. */
  shift(podClass: PodClass, node: number, delta: 1 | -1): void {
    this.table.shift(podClass, node, delta)
    if (podClass.claims.length > 0) this.#shiftClaims(podClass, node, delta)
    if (podClass.hostPorts.length > 0) this.#shiftPorts(podClass.hostPorts, node, delta)
  }

  #shiftClaims(podClass: PodClass, node: number, delta: 1 | -1): void {
    this.volumeLimits.shift(podClass, node, delta)
    if (this.#live[node] === 1) this.claims.shift(podClass, delta)
  }

  /** A port taken twice is noted once, and free as soon as one of the two pods leaves: so it is in the real scheduler. */
  #shiftPorts(ports: ReadonlyArray<HostPort>, node: number, delta: 1 | -1): void {
    const others = this.portsOn(node).filter((taken) => !ports.some((one) => samePort(one, taken)))
    this.#ports.set(node, delta > 0 ? [...others, ...ports] : others)
  }

  #class(pod: number): PodClass {
    const found = this.pods[pod]
    if (found === undefined) throw new RangeError(`there is no pod ${pod}`)
    return found.class
  }

  #list(node: number): Array<number> {
    const pods = this.podsOn[node]
    if (pods === undefined) throw new RangeError(`there is no node ${node}`)
    return pods
  }
}

/** Whether pods of the class want others near or far. */
export const isWishful = (podClass: PodClass): boolean =>
  podClass.affinity.length +
    podClass.antiAffinity.length +
    podClass.preferredAffinity.length +
    podClass.preferredAntiAffinity.length >
  0

const samePort = (left: HostPort, right: HostPort): boolean =>
  left.port === right.port && left.protocol === right.protocol && left.ip === right.ip
