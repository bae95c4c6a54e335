import { BestTree } from "./BestTree.ts"
import { nodeChanged } from "./ChangeLog.ts"
import { Counts } from "./counts.ts"
import { balanceScorer, type Fit, fitFilter, fitScorer, isBestEffort } from "./fit.ts"
import { grownInts } from "./grown.ts"
import type { HostPort, PodClass } from "./model.ts"
import type { Profile, ScorePlugin } from "./profile.ts"
import { type Refusal, refusals } from "./reasons.ts"
import type { Statics } from "./statics.ts"
import type { World } from "./world.ts"

const closed = -1
const unknown = -2

const clash = (left: HostPort, right: HostPort): boolean =>
  left.port === right.port &&
  left.protocol === right.protocol &&
  (left.ip === right.ip || left.ip === "0.0.0.0" || right.ip === "0.0.0.0")

interface OwnScore {
  readonly plugin: ScorePlugin
  readonly weight: number
  readonly score: (node: number) => number
}

/** The cluster as all pods of one class see it, brought up to date from the world's log: only what changed is redone. */
export class ClassView {
  readonly podClass: PodClass
  readonly profile: Profile
  readonly statics: Statics
  readonly counts: Counts
  /** What `base` gives, as far as it was asked for, until there is a tree to keep it. */
  #base: Int32Array<ArrayBuffer>
  readonly #world: World
  #fit: Fit
  #own: ReadonlyArray<OwnScore>
  #capacity: number
  #orderVersion: number
  readonly #labelsVersion: number
  readonly #taintsVersion: number
  readonly #claimsVersion: number
  #tree: BestTree | undefined
  #cursor: number
  #searches = 0

  constructor(world: World, profile: Profile, podClass: PodClass, statics: Statics) {
    this.#world = world
    this.podClass = podClass
    this.profile = profile
    this.statics = statics
    this.counts = new Counts(world, profile, podClass)
    this.#fit = fitFilter(world, podClass, profile)
    this.#own = this.#ownScores()
    this.#capacity = world.capacity
    this.#orderVersion = world.search.version
    this.#labelsVersion = world.labelsVersion
    this.#taintsVersion = world.taintsVersion
    this.#claimsVersion = world.claims.version
    this.#base = new Int32Array(world.nodes.length).fill(unknown)
    this.#cursor = world.log.length
  }

  /** Whether it can be brought up to date; after a change of labels, or of what claims are bound to, it is made anew. */
  get isCurrent(): boolean {
    const { claims, labelsVersion, taintsVersion } = this.#world
    if (this.podClass.claims.length > 0 && this.#claimsVersion !== claims.version) return false
    return this.#labelsVersion === labelsVersion && (this.#taintsVersion === taintsVersion || !this.counts.heedsTaints)
  }

  #ownScores(): ReadonlyArray<OwnScore> {
    const { weights } = this.profile
    const { images, search } = this.#world
    const all: ReadonlyArray<readonly [ScorePlugin, ((node: number) => number) | undefined]> = [
      ["NodeResourcesFit", fitScorer(this.#world, this.podClass, this.profile)],
      ["DynamicResources", () => 0],
      [
        "NodeResourcesBalancedAllocation",
        isBestEffort(this.podClass, this.profile) ? undefined : balanceScorer(this.#world, this.podClass, this.profile)
      ],
      ["ImageLocality", (node) => images.score(this.podClass, node, search.size)]
    ]
    return all.flatMap(([plugin, score]) => {
      const weight = weights.get(plugin)
      return score === undefined || weight === undefined ? [] : [{ plugin, weight, score }]
    })
  }

  /** The scores that need no look at other nodes, by plugin, weighted. */
  ownScores(node: number): ReadonlyArray<readonly [ScorePlugin, number]> {
    return this.#own.map(({ plugin, weight, score }) => [plugin, weight * score(node)])
  }

  /** The sum of the scores that need no look at other nodes, or -1 where the node cannot take the pod as it is. */
  base(node: number): number {
    if (this.#tree !== undefined) return this.#tree.scoreOf(this.#world.search.place[node] as number)
    const known = this.#base[node] as number
    if (known !== unknown) return known
    const found = this.#baseOf(node)
    this.#base[node] = found
    return found
  }

  #baseOf(node: number): number {
    if (this.statics.refusal[node] !== undefined || this.statics.volumeRefusal?.[node] !== undefined) return closed
    if (this.profile.filters.has("NodeResourcesFit") && !this.#fit.fits(node)) return closed
    if (this.#portsClash(node) || this.#limitsVolumes(node)) return closed
    let sum = 0
    for (const { weight, score } of this.#own) sum += weight * score(node)
    return sum
  }

  #portsClash(node: number): boolean {
    const { hostPorts } = this.podClass
    if (hostPorts.length === 0 || !this.profile.filters.has("NodePorts")) return false
    return this.#world.portsOn(node).some((taken) => hostPorts.some((wanted) => clash(wanted, taken)))
  }

  #limitsVolumes(node: number): boolean {
    const { podClass, profile } = this
    if (podClass.claims.length === 0 || !profile.filters.has("NodeVolumeLimits")) return false
    return !this.#world.volumeLimits.allows(podClass, node, this.#world.nodes[node]?.name ?? "")
  }

  /** Takes in what changed in the world since the last time. */
  update(): void {
    this.statics.update()
    const { capacity, log, nodes, search } = this.#world
    if (this.#orderVersion !== search.version) this.#reorder()
    if (this.#capacity !== capacity) {
      this.#capacity = capacity
      this.#fit = fitFilter(this.#world, this.podClass, this.profile)
      this.#own = this.#ownScores()
    }
    this.#base = grownInts(this.#base, nodes.length, unknown)
    for (; this.#cursor < log.length; this.#cursor++) {
      const node = log.node[this.#cursor] as number
      const what = log.what[this.#cursor] as number
      if (what >= 0) this.counts.shift(what, node, log.delta[this.#cursor] as 1 | -1)
      else if (what !== nodeChanged) this.counts.nodeMoved(node)
      this.#rescore(node)
    }
  }

  /** Places in the tree are places in the order, and images count by the number of nodes. */
  #reorder(): void {
    this.#orderVersion = this.#world.search.version
    if (this.#tree !== undefined || this.#world.images.concern(this.podClass)) this.#base.fill(unknown)
    this.#tree = undefined
  }

  #rescore(node: number): void {
    if (this.#tree === undefined) {
      this.#base[node] = unknown
      return
    }
    if (this.#world.isLive(node)) this.#tree.set(this.#world.search.place[node] as number, this.#baseOf(node))
  }

  /**
   * The tree of feasible nodes, where nothing but each node itself decides; undefined otherwise. The first pod of a class
   * gets none: it may be the only one, and looking at the nodes of one search costs less than looking at all.
   */
  tree(): BestTree | undefined {
    this.#searches++
    const isFlat = this.statics.nodeAffinity === undefined && this.statics.softTaintsNowhere
    if (this.#searches < 2 || !isFlat || !this.counts.isTrivial) return undefined
    const { nodes } = this.#world.search
    this.#tree ??= new BestTree(nodes.length, (place) => this.base(nodes[place] as number))
    return this.#tree
  }

  /** Whether the node can take a pod of this class now, other nodes' pods considered. */
  isFeasible(node: number): boolean {
    return this.base(node) !== closed && this.#claimsRefusal() === undefined && this.#countsRefusal(node) === undefined
  }

  #claimsRefusal(): Refusal | undefined {
    const { podClass, profile } = this
    if (podClass.claims.length === 0 || !profile.filters.has("VolumeRestrictions")) return undefined
    return this.#world.claims.isTaken(podClass) ? refusals.claimInUse : undefined
  }

  #countsRefusal(node: number): Refusal | undefined {
    const { filters } = this.profile
    const spread =
      this.counts.hard.length > 0 && filters.has("PodTopologySpread") ? this.counts.spreadRefusal(node) : undefined
    if (spread !== undefined) return spread
    return this.counts.hasAffinityFilter && filters.has("InterPodAffinity")
      ? this.counts.affinityRefusal(node)
      : undefined
  }

  /** Why the node refuses a pod of this class, asked anew, so that it holds in the middle of a trial too. */
  refusal(node: number): Refusal | undefined {
    const { filters } = this.profile
    return (
      this.statics.refusal[node] ??
      (this.#portsClash(node) ? refusals.ports : undefined) ??
      (filters.has("NodeResourcesFit") ? this.#fit.refusal(node) : undefined) ??
      this.#claimsRefusal() ??
      (this.#limitsVolumes(node) ? refusals.volumeLimit : undefined) ??
      this.statics.volumeRefusal?.[node] ??
      this.#countsRefusal(node)
    )
  }
}
