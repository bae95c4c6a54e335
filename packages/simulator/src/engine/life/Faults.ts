import { actions } from "./actions.ts"
import type { Cluster } from "./Cluster.ts"
import type { LifeNode } from "./entities.ts"
import type { Groups } from "./Groups.ts"
import type { Fault } from "./Scenario.ts"

/** Makes things go wrong as the scenario says. Faults that last may overlap: each counts until it ends. */
export class Faults {
  readonly #cluster: Cluster
  readonly #groups: Groups
  readonly #faults: ReadonlyArray<Fault>
  readonly #current = new Set<Fault>()
  readonly #silenced = new Map<Fault, LifeNode>()
  readonly #hear: (node: LifeNode) => void

  /** `hear` is told of nodes that answer again. */
  constructor(cluster: Cluster, groups: Groups, faults: ReadonlyArray<Fault>, hear: (node: LifeNode) => void) {
    this.#cluster = cluster
    this.#groups = groups
    this.#faults = faults
    this.#hear = hear
  }

  /** Puts all faults on the agenda. */
  begin(): void {
    const { agenda } = this.#cluster.parts
    this.#faults.forEach((fault, index) => {
      agenda.schedule(fault.atMs, actions.faultBegins, index)
      if ("durationMs" in fault) agenda.schedule(fault.atMs + fault.durationMs, actions.faultEnds, index)
    })
  }

  /** A fault happens, or one that lasts begins. */
  happen(index: number): void {
    const fault = this.#faults[index]
    if (fault === undefined) return
    if (fault.kind === "nodeFailure") this.#pick(fault.pick, false, (node) => this.#groups.lose(node))
    else if (fault.kind === "spotReclaim") this.#pick(fault.pick, true, (node) => this.#groups.reclaim(node))
    else if (fault.kind === "nodeSilence") {
      this.#pick(fault.pick, false, (node) => {
        this.#silenced.set(fault, node)
        this.#groups.silence(node)
      })
    } else {
      this.#current.add(fault)
      if (fault.kind === "zoneOutage") {
        add(this.#groups.zonesDown, fault.zone, 1)
        for (const node of [...this.#cluster.nodes.values()])
          if (node.zone === fault.zone && node.state !== "booting") this.#groups.lose(node)
      }
      if (fault.kind === "bootFailure") add(this.#groups.failing, fault.group, 1)
      this.#degrade()
    }
  }

  /** A fault that lasted ends. */
  end(index: number): void {
    const fault = this.#faults[index]
    if (fault === undefined) return
    const silenced = this.#silenced.get(fault)
    if (silenced !== undefined) this.#hear(silenced)
    if (!this.#current.delete(fault)) return
    if (fault.kind === "zoneOutage") add(this.#groups.zonesDown, fault.zone, -1)
    if (fault.kind === "bootFailure") add(this.#groups.failing, fault.group, -1)
    this.#degrade()
  }

  #degrade(): void {
    this.#cluster.lagMs = 0
    this.#groups.bootFactor = 1
    for (const fault of this.#current) {
      if (fault.kind === "apiLag") this.#cluster.lagMs = Math.max(this.#cluster.lagMs, fault.lagMs)
      if (fault.kind === "slowBoot") this.#groups.bootFactor = Math.max(this.#groups.bootFactor, fault.factor)
    }
  }

  #pick(pick: number, isSpot: boolean, act: (node: LifeNode) => void): void {
    const nodes = [...this.#cluster.nodes.values()].filter(
      ({ isSilent, pool, state }) =>
        (state === "ready" || state === "closed") && !isSilent && (!isSpot || pool.spec.isSpot)
    )
    const node = nodes[pick % Math.max(1, nodes.length)]
    if (node !== undefined) act(node)
  }
}

const add = <Key>(counts: Map<Key, number>, key: Key, by: number): void => {
  const count = (counts.get(key) ?? 0) + by
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}
