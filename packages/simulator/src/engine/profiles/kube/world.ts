import type { Amounts, HostPort, KubeNode, KubeObjects, KubePod, PodClass } from "./model.ts"
import { nodeOrder } from "./nodeOrder.ts"

/** The values one label takes over all nodes, numbered; number 0 stands for a missing or empty value. */
export interface Topology {
  readonly key: string
  readonly domain: Int32Array
  readonly present: Uint8Array
  readonly domainCount: number
}

const unplaced = -1

/** Grows a typed array to hold at least `count` values. */
const grown = <A extends Int32Array | Int8Array>(array: A, count: number, make: (size: number) => A): A => {
  if (count <= array.length) return array
  const larger = make(Math.max(count, array.length * 2))
  larger.set(array)
  return larger
}

/** Nodes with what is taken of them, pods with where they are, and a log of every change to both. */
export class World {
  readonly nodes: ReadonlyArray<KubeNode>
  readonly nodeIndex: ReadonlyMap<string, number>
  readonly classes: Array<PodClass>
  readonly objects: KubeObjects
  readonly pods: Array<KubePod>
  readonly podNode: Int32Array
  readonly podsOn: ReadonlyArray<Array<number>>
  readonly cpuMilliUsed: Float64Array
  readonly memoryBytesUsed: Float64Array
  readonly ephemeralBytesUsed: Float64Array
  readonly cpuMilliNonZero: Float64Array
  readonly memoryBytesNonZero: Float64Array
  readonly cpuMilliMax: Float64Array
  readonly memoryBytesMax: Float64Array
  readonly ephemeralBytesMax: Float64Array
  readonly podsMax: Float64Array
  readonly podCount: Int32Array
  /** The placed pods that want others near or far: the only ones that most other pods must heed. */
  readonly wishful = new Set<number>()
  readonly #scalarsUsed = new Map<string, Float64Array>()
  readonly #scalarsMax = new Map<string, Float64Array>()
  readonly #topologies = new Map<string, Topology>()
  readonly #ports = new Map<number, Array<HostPort>>()
  /** Changes so far: which node, which pod class, one more or one fewer. */
  logLength = 0
  logNode = new Int32Array(1024)
  logClass = new Int32Array(1024)
  logDelta = new Int8Array(1024)

  constructor(objects: KubeObjects) {
    this.objects = objects
    this.nodes = nodeOrder(objects.nodes)
    this.nodeIndex = new Map(this.nodes.map((node, index) => [node.name, index]))
    this.classes = [...objects.classes]
    this.pods = [...objects.pods]
    const count = this.nodes.length
    const column = (of: (node: KubeNode) => number): Float64Array => Float64Array.from(this.nodes, of)
    this.podNode = new Int32Array(this.pods.length).fill(unplaced)
    this.podsOn = Array.from({ length: count }, () => [])
    this.cpuMilliUsed = new Float64Array(count)
    this.memoryBytesUsed = new Float64Array(count)
    this.ephemeralBytesUsed = new Float64Array(count)
    this.cpuMilliNonZero = new Float64Array(count)
    this.memoryBytesNonZero = new Float64Array(count)
    this.cpuMilliMax = column((node) => node.allocatable.cpuMilli)
    this.memoryBytesMax = column((node) => node.allocatable.memoryBytes)
    this.ephemeralBytesMax = column((node) => node.allocatable.ephemeralBytes)
    this.podCount = new Int32Array(count)
    this.podsMax = column((node) => node.podsMax)
    this.pods.forEach((pod, id) => {
      const node = pod.nodeName === undefined ? undefined : this.nodeIndex.get(pod.nodeName)
      if (node !== undefined) this.assign(id, node)
    })
  }

  /** Whether the pod is on a node. */
  isPlaced(pod: number): boolean {
    return (this.podNode[pod] ?? unplaced) !== unplaced
  }

  /** How much of a named resource each node has. */
  scalarMax(name: string): Float64Array {
    const known = this.#scalarsMax.get(name)
    if (known !== undefined) return known
    const column = Float64Array.from(this.nodes, (node) => node.allocatable.scalars.get(name) ?? 0)
    this.#scalarsMax.set(name, column)
    return column
  }

  /** How much of a named resource is taken on each node. */
  scalarUsed(name: string): Float64Array {
    const known = this.#scalarsUsed.get(name)
    if (known !== undefined) return known
    const column = new Float64Array(this.nodes.length)
    this.#scalarsUsed.set(name, column)
    return column
  }

  /** The host ports taken on a node. */
  portsOn(node: number): ReadonlyArray<HostPort> {
    return this.#ports.get(node) ?? []
  }

  /** The values of a label over the nodes. */
  topology(key: string): Topology {
    const known = this.#topologies.get(key)
    if (known !== undefined) return known
    const numbers = new Map<string, number>([["", 0]])
    const domain = new Int32Array(this.nodes.length)
    const present = new Uint8Array(this.nodes.length)
    this.nodes.forEach((node, index) => {
      const value = node.labels.get(key)
      const number = numbers.get(value ?? "") ?? numbers.size
      numbers.set(value ?? "", number)
      domain[index] = number
      present[index] = value === undefined ? 0 : 1
    })
    const topology = { key, domain, present, domainCount: numbers.size }
    this.#topologies.set(key, topology)
    return topology
  }

  /** Puts a pod on a node. */
  assign(pod: number, node: number): void {
    const podClass = this.#class(pod)
    this.podNode[pod] = node
    this.#list(node).push(pod)
    if (isWishful(podClass)) this.wishful.add(pod)
    this.shift(podClass, node, 1)
    this.#log(node, podClass.id, 1)
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
    const podClass = this.#class(pod)
    this.shift(podClass, node, -1)
    this.#log(node, podClass.id, -1)
  }

  /** Counts one more or one fewer pod of a class on a node, without a trace in the log. */
  shift(podClass: PodClass, node: number, delta: 1 | -1): void {
    const { request } = podClass
    this.podCount[node] = (this.podCount[node] ?? 0) + delta
    add(this.cpuMilliUsed, node, delta * request.cpuMilli)
    add(this.memoryBytesUsed, node, delta * request.memoryBytes)
    add(this.ephemeralBytesUsed, node, delta * request.ephemeralBytes)
    add(this.cpuMilliNonZero, node, delta * podClass.nonZeroCpuMilli)
    add(this.memoryBytesNonZero, node, delta * podClass.nonZeroMemoryBytes)
    if (request.scalars.size > 0) this.#shiftScalars(request, node, delta)
    if (podClass.hostPorts.length > 0) this.#shiftPorts(podClass.hostPorts, node, delta)
  }

  #shiftScalars(request: Amounts, node: number, delta: 1 | -1): void {
    for (const [name, amount] of request.scalars) add(this.scalarUsed(name), node, delta * amount)
  }

  #shiftPorts(ports: ReadonlyArray<HostPort>, node: number, delta: 1 | -1): void {
    const taken = this.#ports.get(node) ?? []
    if (delta > 0) taken.push(...ports)
    else for (const port of ports) taken.splice(taken.indexOf(port), 1)
    this.#ports.set(node, taken)
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

  #log(node: number, podClass: number, delta: 1 | -1): void {
    const at = this.logLength++
    this.logNode = grown(this.logNode, at + 1, (size) => new Int32Array(size))
    this.logClass = grown(this.logClass, at + 1, (size) => new Int32Array(size))
    this.logDelta = grown(this.logDelta, at + 1, (size) => new Int8Array(size))
    this.logNode[at] = node
    this.logClass[at] = podClass
    this.logDelta[at] = delta
  }
}

/** Whether pods of the class want others near or far. */
export const isWishful = (podClass: PodClass): boolean =>
  podClass.affinity.length +
    podClass.antiAffinity.length +
    podClass.preferredAffinity.length +
    podClass.preferredAntiAffinity.length >
  0

const add = (column: Float64Array, at: number, amount: number): void => {
  column[at] = (column[at] ?? 0) + amount
}
