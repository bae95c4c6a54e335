import { uniformInteger } from "../engine/math/sample.ts"
import type { SimPod } from "./PodHouse.ts"
import type { World } from "./World.ts"

/** Disruption budgets: while its budget allows nobody to go, a pod of a deployment cannot be moved off a cordoned node. */
export class Budgets {
  private readonly world: World
  /** Until when a pod is held, from the first time that somebody wanted it to go. */
  private readonly heldUntilMs = new WeakMap<SimPod, number>()

  constructor(world: World) {
    this.world = world
  }

  refuses(pod: SimPod): boolean {
    if (!pod.machine.cordoned || pod.wanted.owner.kind !== "deployment") return false
    const untilMs = this.heldUntilMs.get(pod) ?? this.draw()
    this.heldUntilMs.set(pod, untilMs)
    if (this.world.time.elapsedMs >= untilMs) return false
    this.world.note("held", pod.name)
    return true
  }

  private draw(): number {
    const { dice, faults, streams, time } = this.world
    if (!dice.hitsWorld("heldPerMille", "pod")) return 0
    return time.elapsedMs + uniformInteger(streams.named("held"), 1, Math.max(1, faults.world.heldMsMax))
  }
}
