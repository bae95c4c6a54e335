import { divide } from "./divide.ts"
import type { KubeNode, PodClass } from "./model.ts"

const mebibyte = 1024 * 1024
const scoreFrom = 23 * mebibyte
const scoreTo = 1000 * mebibyte

interface Known {
  /** The size that the first node told. */
  readonly sizeBytes: number
  readonly nodes: Set<number>
}

/** An image as a node last saw it: on how many nodes it was then. */
interface Seen {
  readonly sizeBytes: number
  readonly nodeCount: number
}

const none: ReadonlyMap<string, Seen> = new Map()

/**
 * Which images are on which nodes. A node's view of how far an image has spread is as old as the node's own last change: the
 * real scheduler copies only changed nodes before each decision.
 */
export class Images {
  readonly #known = new Map<string, Known>()
  readonly #names: Array<ReadonlySet<string>> = []
  readonly #seen: Array<ReadonlyMap<string, Seen>> = []
  readonly #changed = new Set<number>()
  /** Nodes that pods came to or left since the last decision: images may come and go after that. */
  readonly #touched: Array<number> = []
  /** Moves on whenever images come or go, so that a node can tell whether its view is old. */
  #version = 0
  readonly #seenVersion: Array<number> = []

  /** The images of a new or changed node. */
  set(node: number, { images }: KubeNode): void {
    this.drop(node)
    const names = new Set<string>()
    for (const { names: some, sizeBytes } of images) {
      for (const name of some) {
        const known = this.#known.get(name)
        if (known === undefined) this.#known.set(name, { sizeBytes, nodes: new Set([node]) })
        else known.nodes.add(node)
        names.add(name)
      }
    }
    this.#names[node] = names
    this.#changed.add(node)
    if (names.size > 0) this.#version++
  }

  /** The node is gone, and its images with it. */
  drop(node: number): void {
    const names = this.#names[node] ?? new Set()
    for (const name of names) {
      const known = this.#known.get(name)
      known?.nodes.delete(node)
      if (known?.nodes.size === 0) this.#known.delete(name)
    }
    if (names.size > 0) this.#version++
    this.#names[node] = new Set()
    this.#seen[node] = none
  }

  /** A pod came to the node or left it. */
  touch(node: number): void {
    this.#touched.push(node)
  }

  /** A decision begins: changed nodes look again. */
  settle(): void {
    for (const node of this.#touched) if (this.#seenVersion[node] !== this.#version) this.#changed.add(node)
    this.#touched.length = 0
    if (this.#changed.size === 0) return
    for (const node of this.#changed) {
      const seen = new Map<string, Seen>()
      for (const name of this.#names[node] ?? []) {
        const { sizeBytes, nodes } = this.#known.get(name) as Known
        seen.set(name, { sizeBytes, nodeCount: nodes.size })
      }
      this.#seen[node] = seen.size === 0 ? none : seen
      this.#seenVersion[node] = this.#version
    }
    this.#changed.clear()
  }

  /** Whether a score of the class can depend on the number of nodes. */
  concern(podClass: PodClass): boolean {
    return podClass.images.some((image) => this.#known.has(image))
  }

  /** How much of the pod's images the node has already, large ones that are everywhere counting most. */
  score(podClass: PodClass, node: number, nodeCount: number): number {
    const seen = this.#seen[node] ?? none
    let sum = 0
    if (seen.size > 0) {
      for (const image of podClass.images) {
        const found = seen.get(image)
        if (found !== undefined) sum += Math.trunc(found.sizeBytes * (found.nodeCount / nodeCount))
      }
    }
    const top = scoreTo * podClass.containerCount
    const clamped = sum < scoreFrom ? scoreFrom : Math.min(sum, top)
    return divide(100 * (clamped - scoreFrom), top - scoreFrom)
  }
}
