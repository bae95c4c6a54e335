import { grownBytes, grownInts } from "./grown.ts"
import { KeyCounts } from "./KeyCounts.ts"
import type { KubePod, PodClass, SpreadConstraint } from "./model.ts"
import { meetsNodeAffinity, toleratesNode } from "./nodeMatch.ts"
import type { Profile } from "./profile.ts"
import { type Refusal, refusals } from "./reasons.ts"
import { matchesItself, type Relation, relate } from "./relation.ts"
import { selects } from "./selector.ts"
import { type Spreading, spreadingOf } from "./spreadDefaults.ts"
import type { Topology } from "./Topology.ts"
import { isWishful, type World } from "./world.ts"

const hostname = "kubernetes.io/hostname"

/** A spreading constraint with the pods it counts, per value of its label and per node. */
interface Spread {
  readonly constraint: SpreadConstraint
  readonly topology: Topology
  /** Nodes whose pods count. */
  eligible: Uint8Array<ArrayBuffer>
  perDomain: Int32Array<ArrayBuffer>
  /** Only kept where the label is the node's own name. */
  perNode: Int32Array<ArrayBuffer> | undefined
  /** The values that eligible nodes have. */
  domains: Int32Array
  readonly isEligible: (node: number) => boolean
  readonly selfMatch: 0 | 1
}

/** All that depends on where other pods are: spreading, affinity and anti-affinity, counted per label value. */
export class Counts {
  readonly hard: ReadonlyArray<Spread>
  readonly soft: ReadonlyArray<Spread>
  readonly allLabels: boolean
  readonly #existingAnti: KeyCounts
  readonly #affinity: KeyCounts
  readonly #anti: KeyCounts
  readonly #score: KeyCounts
  readonly #relations: Array<Relation | undefined> = []
  readonly #world: World
  readonly #profile: Profile
  readonly #class: PodClass
  readonly #spreading: Spreading
  readonly #matchesItself: boolean
  /** Whether any pod may matter, or only those with wishes of their own. */
  readonly #heedsAll: boolean
  /** The fewest pods of any value, per hard constraint; found again after a change. */
  readonly #fewest: Array<number | undefined>

  constructor(world: World, profile: Profile, podClass: PodClass) {
    this.#world = world
    this.#profile = profile
    this.#class = podClass
    this.#spreading = spreadingOf(world.objects, podClass, profile)
    this.allLabels = this.#spreading.allLabels
    this.hard = this.#spreads(this.#spreading.hard, true)
    this.soft = this.#spreads(this.#spreading.soft, this.allLabels)
    this.#existingAnti = new KeyCounts(world)
    this.#affinity = new KeyCounts(world)
    this.#anti = new KeyCounts(world)
    this.#score = new KeyCounts(world)
    this.#fewest = this.hard.map(() => undefined)
    this.#matchesItself = matchesItself(world.objects, podClass)
    this.#heedsAll = isWishful(podClass) || this.hard.length + this.soft.length > 0
    const heeded = this.#heedsAll ? world.pods.keys() : world.wishful
    for (const pod of heeded) {
      const node = world.podNode[pod] ?? -1
      if (node >= 0 && world.isLive(node)) this.shift((world.pods[pod] as KubePod).class.id, node, 1)
    }
  }

  #spreads(constraints: ReadonlyArray<SpreadConstraint>, allLabels: boolean): ReadonlyArray<Spread> {
    const topologies = constraints.map((one) => this.#world.topology(one.topologyKey))
    return constraints.map((constraint, index) => {
      const topology = topologies[index] as Topology
      const isEligible = (at: number): boolean => {
        const node = this.#world.nodes[at]
        if (node === undefined || !this.#world.isLive(at)) return false
        if (allLabels && topologies.some((one) => one.present[at] === 0)) return false
        if (constraint.honorAffinity && !meetsNodeAffinity(this.#class, node)) return false
        return !constraint.honorTaints || toleratesNode(this.#class, node)
      }
      const eligible = Uint8Array.from(this.#world.nodes, (_, at) => (isEligible(at) ? 1 : 0))
      return {
        constraint,
        topology,
        eligible,
        isEligible,
        perDomain: new Int32Array(topology.domainCount),
        perNode: constraint.topologyKey === hostname ? new Int32Array(this.#world.nodes.length) : undefined,
        domains: domainsOf(topology, eligible),
        selfMatch: selects(constraint.selector, this.#class.labels) ? 1 : 0
      }
    })
  }

  /** Whether a change of taints makes all of this wrong. */
  get heedsTaints(): boolean {
    return [...this.hard, ...this.soft].some((one) => one.constraint.honorTaints)
  }

  /** A node came or went: room for it, and whether its pods count. */
  nodeMoved(node: number): void {
    for (const counts of [this.#existingAnti, this.#affinity, this.#anti, this.#score]) counts.grow()
    for (const spread of [...this.hard, ...this.soft]) {
      spread.perDomain = grownInts(spread.perDomain, spread.topology.domainCount)
      spread.perNode &&= grownInts(spread.perNode, node + 1)
      spread.eligible = grownBytes(spread.eligible, node + 1)
      spread.eligible[node] = spread.isEligible(node) ? 1 : 0
    }
    this.hard.forEach((spread, index) => {
      spread.domains = domainsOf(spread.topology, spread.eligible)
      this.#fewest[index] = undefined
    })
  }

  /** What one pod of a class means here. */
  relation(classId: number): Relation {
    const known = this.#relations[classId]
    if (known !== undefined) return known
    const other = this.#world.classes[classId]
    if (other === undefined) throw new RangeError(`there is no pod class ${classId}`)
    const found = relate(this.#world.objects, this.#profile, this.#class, this.#spreading, other)
    this.#relations[classId] = found
    return found
  }

  /** Whether other pods have no say at all: nothing spreads, and no affinity refuses or scores. */
  get isTrivial(): boolean {
    return this.hard.length + this.soft.length === 0 && !this.hasAffinityFilter && !this.scoresAffinity
  }

  /** Whether affinity may refuse nodes. */
  get hasAffinityFilter(): boolean {
    return this.#existingAnti.touches > 0 || this.#class.affinity.length + this.#class.antiAffinity.length > 0
  }

  /** Whether any affinity gives a score. */
  get scoresAffinity(): boolean {
    return this.#score.touches > 0
  }

  /** Counts one more or one fewer pod of a class on a node. */
  shift(classId: number, node: number, delta: 1 | -1): void {
    if (!this.#heedsAll && !isWishful(this.#world.classes[classId] as PodClass)) return
    const relation = this.relation(classId)
    if (relation.isEmpty) return
    this.#shiftSpread(relation.hard, node, delta)
    for (const index of relation.soft) {
      const spread = this.soft[index] as Spread
      if (spread.perNode !== undefined) spread.perNode[node] = (spread.perNode[node] ?? 0) + delta
      else if (spread.eligible[node] === 1) bump(spread.perDomain, spread.topology.domain[node] ?? 0, delta)
    }
    this.#shiftTerms(relation, node, delta)
    for (const { key, weight } of relation.score) this.#score.add(key, node, weight, delta)
  }

  /** The same for a trial: only what filters look at, and as preemption counts it. */
  tryShift(classId: number, node: number, delta: 1 | -1): void {
    const relation = this.relation(classId)
    this.#shiftSpread(relation.hardShift, node, delta)
    this.#shiftTerms(relation, node, delta)
  }

  #shiftSpread(indices: ReadonlyArray<number>, node: number, delta: 1 | -1): void {
    for (const index of indices) {
      const spread = this.hard[index] as Spread
      if (spread.eligible[node] === 0) continue
      bump(spread.perDomain, spread.topology.domain[node] ?? 0, delta)
      this.#fewest[index] = undefined
    }
  }

  #shiftTerms(relation: Relation, node: number, delta: 1 | -1): void {
    for (const key of relation.existingAnti) this.#existingAnti.add(key, node, 1, delta)
    for (const key of relation.affinity) this.#affinity.add(key, node, 1, delta)
    for (const key of relation.anti) this.#anti.add(key, node, 1, delta)
  }

  /** Why spreading refuses the node, if it does. */
  spreadRefusal(node: number): Refusal | undefined {
    for (let index = 0; index < this.hard.length; index++) {
      const { constraint, topology, perDomain, selfMatch, domains } = this.hard[index] as Spread
      if (topology.present[node] === 0) return refusals.spreadLabel
      const fewest = domains.length < constraint.minDomains ? 0 : this.#fewestOf(index)
      if ((perDomain[topology.domain[node] ?? 0] ?? 0) + selfMatch - fewest > constraint.maxSkew) return refusals.spread
    }
    return undefined
  }

  #fewestOf(index: number): number {
    const known = this.#fewest[index]
    if (known !== undefined) return known
    const { domains, perDomain } = this.hard[index] as Spread
    let fewest = 2147483647
    for (const domain of domains) fewest = Math.min(fewest, perDomain[domain] ?? 0)
    this.#fewest[index] = fewest
    return fewest
  }

  /** Why affinity between pods refuses the node, if it does. */
  affinityRefusal(node: number): Refusal | undefined {
    if (!this.#affinityHolds(node)) return refusals.podAffinity
    if (this.#class.antiAffinity.some((term) => this.#anti.at(term.topologyKey, node) > 0))
      return refusals.podAntiAffinity
    for (const { topology, counts } of this.#existingAnti.entries) {
      if (topology.present[node] === 1 && (counts[topology.domain[node] as number] as number) > 0)
        return refusals.existingAntiAffinity
    }
    return undefined
  }

  #affinityHolds(node: number): boolean {
    let podsExist = true
    for (const { topologyKey } of this.#class.affinity) {
      if (this.#world.topology(topologyKey).present[node] === 0) return false
      if (this.#affinity.at(topologyKey, node) <= 0) podsExist = false
    }
    return podsExist || (this.#affinity.touches === 0 && this.#matchesItself)
  }

  /** The sum of the weights of affinity terms met on the node. */
  affinityScore(node: number): number {
    let sum = 0
    for (const { topology, counts } of this.#score.entries) {
      if (topology.present[node] === 1) sum += counts[topology.domain[node] as number] as number
    }
    return sum
  }
}

const domainsOf = ({ domain }: Topology, eligible: Uint8Array): Int32Array => {
  const found = new Set<number>()
  for (let node = 0; node < eligible.length; node++) if (eligible[node] === 1) found.add(domain[node] as number)
  return Int32Array.from(found)
}

const bump = (counts: Int32Array, at: number, delta: number): void => {
  counts[at] = (counts[at] ?? 0) + delta
}
