import { grownFloats } from "./grown.ts"
import type { Amounts, KubeNode, PodClass } from "./model.ts"
import { Scalars } from "./scalars.ts"

/** A figure of a node: where it is found in an array, in which every node has a row so wide. */
export interface Figure {
  readonly of: Float64Array
  readonly at: number
  readonly width: number
}

/** The figures that every decision asks for, side by side: a node's row is one line of the processor's cache. */
const columns = [
  "cpuMilliMax",
  "cpuMilliUsed",
  "cpuMilliNonZero",
  "memoryBytesMax",
  "memoryBytesUsed",
  "memoryBytesNonZero",
  "podsMax",
  "podCount"
] as const
const width = columns.length
const place = Object.fromEntries(columns.map((name, at) => [name, at])) as Readonly<
  Record<(typeof columns)[number], number>
>

/** What nodes have, and what is taken of it. */
export class NodeTable {
  readonly #scalars: Scalars
  #rows = new Float64Array(0)
  #ephemeralBytesMax = new Float64Array(0)
  #ephemeralBytesUsed = new Float64Array(0)

  constructor(nodes: ReadonlyArray<KubeNode>) {
    this.#scalars = new Scalars(nodes)
  }

  /** Makes room for so many nodes; figures asked for before are no longer good. */
  grow(count: number): void {
    this.#rows = grownFloats(this.#rows, count * width)
    this.#ephemeralBytesMax = grownFloats(this.#ephemeralBytesMax, count)
    this.#ephemeralBytesUsed = grownFloats(this.#ephemeralBytesUsed, count)
    this.#scalars.grow(count)
  }

  /** Notes what a new or changed node has. */
  size(node: number, { allocatable, podsMax }: KubeNode): void {
    const row = node * width
    this.#rows[row + place.cpuMilliMax] = allocatable.cpuMilli
    this.#rows[row + place.memoryBytesMax] = allocatable.memoryBytes
    this.#rows[row + place.podsMax] = podsMax
    this.#ephemeralBytesMax[node] = allocatable.ephemeralBytes
    this.#scalars.size(node, allocatable)
  }

  /** Counts one more or one fewer pod of a class. */
  shift({ nonZeroCpuMilli, nonZeroMemoryBytes, request }: PodClass, node: number, delta: 1 | -1): void {
    const row = node * width
    this.#add(row + place.podCount, delta)
    this.#add(row + place.cpuMilliUsed, delta * request.cpuMilli)
    this.#add(row + place.cpuMilliNonZero, delta * nonZeroCpuMilli)
    this.#add(row + place.memoryBytesUsed, delta * request.memoryBytes)
    this.#add(row + place.memoryBytesNonZero, delta * nonZeroMemoryBytes)
    if (request.ephemeralBytes > 0) this.#shiftRare(request, node, delta)
    if (request.scalars.size > 0) this.#scalars.shift(request, node, delta)
  }

  #add(at: number, amount: number): void {
    this.#rows[at] = (this.#rows[at] as number) + amount
  }

  #shiftRare({ ephemeralBytes }: Amounts, node: number, delta: 1 | -1): void {
    this.#ephemeralBytesUsed[node] = (this.#ephemeralBytesUsed[node] as number) + delta * ephemeralBytes
  }

  /** How many pods a node has. */
  podCount(node: number): number {
    return this.#rows[node * width + place.podCount] ?? 0
  }

  /** One of the figures in the rows. */
  figure(name: (typeof columns)[number]): Figure {
    return { of: this.#rows, at: place[name], width }
  }

  /** How much of a named resource nodes have. */
  max(name: string): Figure {
    if (name === "cpu") return this.figure("cpuMilliMax")
    if (name === "memory") return this.figure("memoryBytesMax")
    return { of: name === "ephemeral-storage" ? this.#ephemeralBytesMax : this.#scalars.max(name), at: 0, width: 1 }
  }

  /** How much of a named resource is taken. */
  used(name: string): Figure {
    if (name === "cpu") return this.figure("cpuMilliUsed")
    if (name === "memory") return this.figure("memoryBytesUsed")
    return { of: name === "ephemeral-storage" ? this.#ephemeralBytesUsed : this.#scalars.used(name), at: 0, width: 1 }
  }

  /** The same, where containers that ask for nothing count as small ones. */
  usedNonZero(name: string): Figure {
    if (name === "cpu") return this.figure("cpuMilliNonZero")
    return name === "memory" ? this.figure("memoryBytesNonZero") : this.used(name)
  }
}
