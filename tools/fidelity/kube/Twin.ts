import {
  type Decision,
  decideOn,
  type KubeNode,
  type PodClass,
  type Problem,
  podKey,
  Reader,
  readConfiguration,
  Scheduler,
  World
} from "../../../packages/simulator/src/engine/profiles/kube/index.ts"
import type { Scores, Step } from "./askReal.ts"
import { profiles } from "./configuration.ts"
import { type Case, type Manifest, podsOf, shared } from "./drawCase.ts"
import type { Told, Try } from "./history.ts"

/** What each side said where they do not agree. */
export interface Difference {
  readonly pod: string
  readonly what: string
  readonly real: unknown
  readonly ours: unknown
}

const readAll = (items: ReadonlyArray<Manifest>) => {
  const reader = new Reader({})
  reader.add({ file: "case", text: JSON.stringify({ kind: "List", items }) })
  const objects = reader.finish()
  if (reader.problems.length > 0) throw new Error(JSON.stringify(reader.problems))
  return objects
}

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner
  )

const same = (left: unknown, right: unknown): boolean => sorted(left) === sorted(right)

/** The API server would not make the pod. */
const unmade = (message: string): Decision => ({
  ties: [],
  scores: new Map(),
  refused: new Map(),
  preemptions: [],
  message
})

type Candidate = Decision["preemptions"][number]

/** Our scheduler over the same objects. */
export class Twin {
  readonly scheduler: Scheduler
  readonly #ids: ReadonlyMap<string, number>
  /** Pods that are asked to leave, with how many changes of theirs are still to be heard of. */
  readonly #asked = new Map<number, number>()
  /** Pods that are told to wait for a node no longer, and have not heard it yet. */
  readonly #displaced = new Set<number>()
  /** The classes of leaving pods, by the class they had before. */
  readonly #leaving = new Map<number, PodClass>()

  constructor(one: Case, start: number) {
    const world = new World(readAll([...shared, ...one.objects, ...podsOf(one)]))
    const problems: Array<Problem> = []
    const read = readConfiguration({ file: "profiles", text: profiles }, problems)
    if (problems.length > 0) throw new Error(JSON.stringify(problems))
    this.#ids = new Map(world.pods.map((pod, id) => [podKey(pod), id]))
    this.scheduler = new Scheduler(world, read, { kind: "first" }, start)
  }

  #id(pod: string): number {
    const id = this.#ids.get(pod)
    if (id === undefined) throw new Error(`there is no pod ${pod}`)
    return id
  }

  #nameOf(node: number): string {
    return this.scheduler.world.nodes[node]?.name ?? ""
  }

  /** What we say of a pod. */
  decide(pod: string): Decision {
    const id = this.#id(pod)
    const { forbidden } = this.scheduler.pod(id)
    return forbidden === undefined ? decideOn(this.scheduler, id) : unmade(forbidden)
  }

  /**
   * Asks again for pods that the real scheduler tried again without success: nothing is placed, but a pod that names its nodes
   * moves the start of the next search by as many each time.
   */
  retry(tried: ReadonlyArray<string>): void {
    for (const pod of tried) if (this.#ids.has(pod)) this.decide(pod)
  }

  #candidate({ preemptions }: Decision, node: string | null): Candidate | undefined {
    return preemptions.find((one) => this.#nameOf(one.node) === node)
  }

  /** Does as the real scheduler did. The same pods leave, most important first: each one's place goes to its node's last. */
  apply(decision: Decision, { pod, node, isForgotten, startTimeMs }: Step): void {
    const { world } = this.scheduler
    this.scheduler.evict(this.#candidate(decision, node)?.victims ?? [])
    const id = this.#id(pod)
    if (node === null || isForgotten) return
    this.scheduler.place(id, world.nodeIndex.get(node) as number)
    if (startTimeMs !== undefined) world.pods[id] = { ...this.scheduler.pod(id), startTimeMs }
  }

  /** Does as the real scheduler did with a try: its pod is placed, or waits for those that were asked to leave. */
  settle({ asksToLeave, node, pod, victims }: Try): void {
    if (node === null) return
    const { world } = this.scheduler
    const id = this.#id(pod)
    if (victims.length === 0) this.scheduler.place(id, world.nodeIndex.get(node) as number)
    else {
      if (asksToLeave) this.#ask(id, node, victims)
      world.nominations.add(id, node)
    }
  }

  /** Pods are asked to leave; who waits for room there and is less important is told to do so no longer. */
  #ask(pod: number, node: string, victims: ReadonlyArray<string>): void {
    const { nominations } = this.scheduler.world
    const { priority } = this.scheduler.pod(pod).class
    for (const victim of victims.map((name) => this.#id(name)))
      if (this.scheduler.pod(victim).isPreempted !== true) this.#asked.set(victim, 2)
    for (const other of nominations.to(node))
      if (this.scheduler.pod(other).class.priority < priority) this.#displaced.add(other)
  }

  /** The scheduler heard of a pod: it forgets it, or what it knew of it and notes it anew, as its node's last. */
  hear(told: Told, pod: string): void {
    if (!this.#ids.has(pod)) return
    const { world } = this.scheduler
    const id = this.#id(pod)
    if (told === "still waits") {
      if (this.#displaced.delete(id)) world.nominations.take(id)
      return
    }
    if (!world.isPlaced(id)) return
    const node = world.podNode[id] as number
    world.remove(id)
    if (told === "Delete") return
    const awaited = told === "Update" ? (this.#asked.get(id) ?? 0) - 1 : -1
    // First it hears why a pod is to leave, and then that it does.
    if (awaited >= 0) this.#asked.set(id, awaited)
    if (awaited === 0) this.#leave(id)
    world.assign(id, node)
  }

  #leave(id: number): void {
    const { world } = this.scheduler
    const pod = this.scheduler.pod(id)
    const known = this.#leaving.get(pod.class.id)
    const leaving = known ?? { ...pod.class, id: world.classes.length, terminating: true }
    this.#leaving.set(pod.class.id, leaving)
    world.classes[leaving.id] = leaving
    world.pods[id] = { ...pod, class: leaving, isPreempted: true }
  }

  /** Whether a pod has no node, and waits for nobody to leave one. */
  isIdle(pod: string): boolean {
    const { world } = this.scheduler
    const id = this.#id(pod)
    return !world.isPlaced(id) && !world.nodes.some(({ name }) => world.nominations.to(name).includes(id))
  }

  /** Makes a node look so, or come. */
  setNode(manifest: Manifest): void {
    const { world } = this.scheduler
    const node = readAll([manifest]).nodes[0] as KubeNode
    const index = world.nodeIndex.get(node.name)
    if (index === undefined) world.addNode(node)
    else world.updateNode(index, node)
  }

  /** Takes a node away, if it is there. */
  removeNode(name: string): void {
    const { world } = this.scheduler
    const index = world.nodeIndex.get(name)
    if (index !== undefined) world.removeNode(index)
  }

  #scores(decision: Decision): Scores {
    return Object.fromEntries(
      [...decision.scores].map(([node, scores]) => [this.#nameOf(node), Object.fromEntries(scores)])
    )
  }

  /** What is not the same. */
  difference(
    decision: Decision,
    step: Pick<Step, "pod" | "node" | "message" | "victims" | "scores">
  ): Difference | undefined {
    const differ = (what: string, real: unknown, ours: unknown): Difference => ({ pod: step.pod, what, real, ours })
    const { message, preemptions, ties } = decision
    const places = (ties.length > 0 ? ties : preemptions.map((one) => one.node)).map((node) => this.#nameOf(node))
    const ours = this.#scores(decision)
    if (step.node === null && (places.length > 0 || message !== step.message))
      return differ("refusal", step.message, { message, places })
    if (step.node !== null && !places.includes(step.node))
      return differ("node", step, { places, message, scores: ours })
    const candidate = this.#candidate(decision, step.node)
    const victims = (candidate?.victims ?? []).map((id) => podKey(this.scheduler.pod(id))).sort()
    if (!same(victims, [...step.victims].sort())) return differ("victims", step.victims, victims)
    // The words are there for a pod that made room only if they were seen before it was bound.
    if (candidate !== undefined && step.message !== "" && step.message !== message)
      return differ("words before preemption", step.message, message)
    return same(ours, step.scores) ? undefined : differ("scores", step.scores, ours)
  }
}
