import type { BestTree } from "./BestTree.ts"
import { ClassView } from "./ClassView.ts"
import { fitMessage, preemptionMessage } from "./message.ts"
import type { KubeNode, KubePod, PodClass } from "./model.ts"
import { namedNodes } from "./namedNodes.ts"
import { feasibleWanted } from "./nodeOrder.ts"
import { isBeingCleared, refusalOf } from "./nominated.ts"
import { searchVictims } from "./preemption.ts"
import type { Profile, ScorePlugin } from "./profile.ts"
import type { Refusal } from "./reasons.ts"
import { explainScores, totals } from "./scoring.ts"
import { StaticsCache } from "./statics.ts"
import { type TieBreak, TieDraw } from "./ties.ts"
import type { Candidate } from "./victims.ts"
import { bindClaims, claimsRefusal } from "./volumes.ts"
import type { World } from "./world.ts"

/** All about one pod's turn: the nodes it may have, their scores, and why not the others. */
export interface Decision {
  /** Equally good nodes, in the order they were looked at. */
  readonly ties: ReadonlyArray<number>
  readonly scores: ReadonlyMap<number, ReadonlyMap<ScorePlugin, number>>
  readonly refused: ReadonlyMap<number, Refusal>
  /** Equally good nodes to clear, where none is free. */
  readonly preemptions: ReadonlyArray<Candidate>
  /** Why it is refused; empty where it is placed. */
  readonly message: string
  /** Whether it still waits for the room that was to be made for it, though it was refused. */
  readonly keepsWaiting?: boolean
}

const nowhere = -1
const undecided: Decision = { ties: [], scores: new Map(), refused: new Map(), preemptions: [], message: "" }
/** How many nodes all cached views together may hold. */
const viewNodesMax = 8_000_000

/** Decides where pods go, one at a time, and keeps what it learned about each class of equal pods. */
export class Scheduler {
  readonly world: World
  readonly #profiles: ReadonlyMap<string, Profile>
  readonly #ties: TieBreak
  readonly #draw: TieDraw
  readonly #views = new Map<number, ClassView>()
  readonly #statics = new StaticsCache()
  #feasible = new Int32Array(0)
  #start: number

  /** Begins its first search at the node number `start`, counted round. */
  constructor(world: World, profiles: ReadonlyArray<Profile>, ties: TieBreak, start = 0) {
    this.world = world
    this.#start = start
    this.#profiles = new Map(profiles.map((one) => [one.schedulerName, one]))
    this.#ties = ties
    this.#draw = new TieDraw(ties.kind === "seeded" ? ties.seed : 0)
  }

  /** Where the search for the next pod begins, counted round; it stays when nodes come or go. */
  get start(): number {
    return this.#start
  }

  #view(podClass: PodClass, profile: Profile): ClassView {
    const known = this.#views.get(podClass.id)
    if (known?.isCurrent === true) {
      known.update()
      return known
    }
    const viewsMax = Math.max(2, Math.floor(viewNodesMax / Math.max(1, this.world.nodes.length)))
    this.#views.delete(podClass.id)
    while (this.#views.size >= viewsMax) {
      const oldest = this.#views.keys().next()
      if (oldest.done !== true) this.#views.delete(oldest.value)
    }
    const statics = this.#statics.of(this.world, profile, podClass, viewsMax)
    const view = new ClassView(this.world, profile, podClass, statics)
    this.#views.set(podClass.id, view)
    return view
  }

  /** The node the pod goes to, without reasons, as fast as can be; -1 where none is free. */
  choose(podClass: PodClass): number {
    const profile = this.#profiles.get(podClass.schedulerName)
    if (profile === undefined || podClass.gated) return nowhere
    this.world.settle()
    const { size } = this.world.search
    if (size === 0) return nowhere
    if (namedNodes(podClass, profile) !== undefined || podClass.claims.length > 0 || !this.world.nominations.isEmpty)
      return this.pick(this.decide(podClass).ties)
    const view = this.#view(podClass, profile)
    const tree = this.#ties.kind === "name" ? undefined : view.tree()
    const wanted = feasibleWanted(size, profile.percentageOfNodesToScore)
    return tree === undefined ? this.#chooseByScan(view, wanted) : this.#chooseByTree(tree, wanted)
  }

  #chooseByTree(tree: BestTree, wanted: number): number {
    const { size, nodes } = this.world.search
    const { total } = tree
    if (total === 0) return nowhere
    const from = this.#start % size
    const before = tree.rank(from)
    const end = total > wanted ? tree.select((before + wanted) % total) : from
    this.#start = end
    const wraps = end <= from
    const first = tree.bestOf(from, wraps ? size : end)
    const second = wraps ? tree.bestOf(0, end) : { value: nowhere, ties: 0 }
    const value = Math.max(first.value, second.value)
    const early = first.value === value ? first.ties : 0
    const late = second.value === value ? second.ties : 0
    const nth = this.#ties.kind === "seeded" && early + late > 1 ? this.#draw.below(early + late) : 0
    const place =
      nth < early ? tree.nthWith(value, from, wraps ? size : end, nth) : tree.nthWith(value, 0, end, nth - early)
    return nodes[place] ?? nowhere
  }

  #chooseByScan(view: ClassView, wanted: number): number {
    const feasible = this.#search(view, wanted, undefined)
    if (feasible.length <= 1) return feasible[0] ?? nowhere
    return this.pick(bestNodes(feasible, totals(view, feasible)))
  }

  /** Looks at nodes from where the last search ended until enough are found; notes refusals where asked to. */
  #search(view: ClassView, wanted: number, refused: Map<number, Refusal> | undefined): Int32Array {
    const { size, nodes } = this.world.search
    if (this.#feasible.length < size) this.#feasible = new Int32Array(size)
    const start = this.#start % size
    let found = 0
    let step = 0
    for (; step < size; step++) {
      const at = start + step
      const node = nodes[at < size ? at : at - size] as number
      if (view.isFeasible(node) && !this.#isKept(view, node)) {
        if (found === wanted) break
        this.#feasible[found++] = node
      } else if (refused !== undefined) {
        const refusal = refusalOf(this.world, view, node)
        if (refusal !== undefined) refused.set(node, refusal)
      }
    }
    // A node that was asked alone before may lie beyond those looked at now.
    this.#start = (start + (refused === undefined ? step : found + refused.size)) % size
    return this.#feasible.slice(0, found)
  }

  /** Whether a node has room only for pods that wait for it. */
  #isKept(view: ClassView, node: number): boolean {
    return !this.world.nominations.isEmpty && refusalOf(this.world, view, node) !== undefined
  }

  /** Everything about where a pod of the class may go, which may wait for room on a node; places nothing. */
  decide(podClass: PodClass, nominated = nowhere): Decision {
    const profile = this.#profiles.get(podClass.schedulerName)
    if (profile === undefined) return { ...undecided, message: `no scheduler is named "${podClass.schedulerName}"` }
    if (podClass.gated) return { ...undecided, message: "Scheduling is blocked due to non-empty scheduling gates" }
    this.world.settle()
    const { size } = this.world.search
    if (size === 0) return { ...undecided, message: "no nodes available to schedule pods" }
    const view = this.#view(podClass, profile)
    const named = namedNodes(podClass, profile)
    const claims = claimsRefusal(this.world.claims, podClass, profile)
    if (named?.size === 0) return this.#refusedAtOnce(view, "pod affinity terms conflict")
    if (claims !== undefined) return this.#refusedAtOnce(view, claims)
    const refused = new Map<number, Refusal>()
    if (nominated !== nowhere) {
      const refusal = refusalOf(this.world, view, nominated)
      if (refusal === undefined) return { ...undecided, ties: [nominated] }
      refused.set(nominated, refusal)
    }
    const feasible =
      named === undefined
        ? this.#search(view, feasibleWanted(size, profile.percentageOfNodesToScore), refused)
        : this.#searchNamed(view, named, refused)
    if (feasible.length === 0) {
      if (named !== undefined)
        for (const node of this.world.search.nodes) if (!refused.has(node)) refused.set(node, absent)
      return this.#preempt(view, refused, nominated)
    }
    if (feasible.length === 1) return { ...undecided, ties: [...feasible], refused }
    const explained = explainScores(view, feasible)
    return {
      ...undecided,
      ties: bestNodes(feasible, totals(view, feasible)),
      scores: new Map(explained.map((scores, index) => [feasible[index] ?? nowhere, scores])),
      refused
    }
  }

  #searchNamed(view: ClassView, named: ReadonlySet<string>, refused: Map<number, Refusal>): Int32Array {
    const { size, nodes: all } = this.world.search
    const nodes = all.filter((node) => named.has(this.world.nodes[node]?.name ?? ""))
    const wanted = feasibleWanted(nodes.length, view.profile.percentageOfNodesToScore)
    const feasible: Array<number> = []
    for (let step = 0; step < nodes.length; step++) {
      const node = nodes[(this.#start + step) % nodes.length] ?? nowhere
      const refusal = refusalOf(this.world, view, node)
      if (refusal !== undefined) refused.set(node, refusal)
      else if (feasible.length === wanted) break
      else feasible.push(node)
    }
    this.#start = (this.#start + feasible.length + refused.size) % size
    return Int32Array.from(feasible)
  }

  /** A pod refused before any node was looked at. The plugin that is asked next then lacks what it noted, and says only that. */
  #refusedAtOnce(view: ClassView, why: string): Decision {
    const nodes = this.world.search.size
    const preemption = eligible(view.profile, view.podClass) ?? preemptionMessage(nodes, new Map())
    const after = view.profile.dynamicResources ? " not found" : afterwards(view.profile, preemption)
    return { ...undecided, message: `0/${nodes} nodes are available: ${why}.${after}` }
  }

  #preempt(view: ClassView, refused: ReadonlyMap<number, Refusal>, nominated: number): Decision {
    const nodes = this.world.search.size
    const message = fitMessage(nodes, refused.values(), undefined)
    const waits =
      refused.get(nominated)?.unresolvable === false && isBeingCleared(this.world, nominated, view.podClass.priority)
    const barred = eligible(view.profile, view.podClass) ?? (waits ? beingCleared : undefined)
    if (barred !== undefined)
      return { ...undecided, refused, message: message + afterwards(view.profile, barred), keepsWaiting: true }
    const beginning = this.#ties.kind === "seeded" ? (count: number) => this.#draw.below(count) : "everywhere"
    const search = searchVictims(this.world, view, refused, beginning)
    if (search.best.length > 0) return { ...undecided, refused, preemptions: search.best, message }
    const after = afterwards(view.profile, preemptionMessage(nodes, search.refused))
    return { ...undecided, refused, message: message + after }
  }

  /** One of equally good nodes, or -1 of none. */
  pick(nodes: ReadonlyArray<number>): number {
    if (nodes.length < 2) return nodes[0] ?? nowhere
    if (this.#ties.kind === "seeded") return nodes[this.#draw.below(nodes.length)] ?? nowhere
    if (this.#ties.kind === "first") return nodes[0] ?? nowhere
    const nameOf = (node: number): string => this.world.nodes[node]?.name ?? ""
    return nodes.reduce((least, node) => (nameOf(node) < nameOf(least) ? node : least))
  }

  /** Gives a pod its node: claims that waited for it are met from there. */
  place(pod: number, node: number): void {
    bindClaims(this.world.claims, this.pod(pod).class, this.world.nodes[node] as KubeNode)
    this.world.assign(pod, node)
  }

  /** Removes pods from the cluster. */
  evict(pods: ReadonlyArray<number>): void {
    for (const pod of pods) this.world.remove(pod)
  }

  /** The pod with this number. */
  pod(id: number): KubePod {
    const pod = this.world.pods[id]
    if (pod === undefined) throw new RangeError(`there is no pod ${id}`)
    return pod
  }
}

/** A node that the pod's affinity does not name. */
const absent: Refusal = { reasons: ["node(s) didn't satisfy plugin(s) [NodeAffinity]"], unresolvable: true }

const beingCleared = "preemption: not eligible due to a terminating pod on the nominated node."

const eligible = (profile: Profile, podClass: PodClass): string | undefined => {
  if (!profile.preempts) return ""
  return podClass.preempts ? undefined : "preemption: not eligible due to preemptionPolicy=Never."
}

const afterwards = (profile: Profile, preemption: string): string => {
  const said = [profile.dynamicResources ? "no new claims to deallocate" : "", preemption].filter((one) => one !== "")
  return said.length === 0 ? "" : ` ${said.join(", ")}`
}

const bestNodes = (feasible: Int32Array, sums: Float64Array): ReadonlyArray<number> => {
  let best = -1
  let nodes: Array<number> = []
  for (let index = 0; index < feasible.length; index++) {
    const sum = sums[index] ?? 0
    if (sum < best) continue
    if (sum > best) nodes = []
    best = sum
    nodes.push(feasible[index] ?? nowhere)
  }
  return nodes
}
