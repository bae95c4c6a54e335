import type { ClassView } from "./ClassView.ts"
import type { HostPort, KubePod } from "./model.ts"
import type { World } from "./world.ts"

/** Takes pods off a node and puts pods on it to hear what its filters would say; the end leaves no trace. */
export class Trial {
  readonly #world: World
  readonly #view: ClassView
  readonly #node: number
  /** Ports may be taken twice, so that they are not what they were when the same pods went and came back. */
  readonly #ports: ReadonlyArray<HostPort>
  readonly #moved = new Map<number, 1 | -1>()

  constructor(world: World, view: ClassView, node: number) {
    this.#world = world
    this.#view = view
    this.#node = node
    this.#ports = world.portsOn(node)
  }

  /** A pod comes or goes; one that did the other thing before is back where it was. */
  shift(pod: number, delta: 1 | -1): void {
    this.#count(pod, delta)
    if (!this.#moved.delete(pod)) this.#moved.set(pod, delta)
  }

  /** All is as it was. */
  end(): void {
    for (const [pod, delta] of this.#moved) this.#count(pod, delta === 1 ? -1 : 1)
    this.#world.setPorts(this.#node, this.#ports)
  }

  #count(pod: number, delta: 1 | -1): void {
    const { class: podClass } = this.#world.pods[pod] as KubePod
    this.#world.shift(podClass, this.#node, delta)
    this.#view.counts.tryShift(podClass.id, this.#node, delta)
  }
}
