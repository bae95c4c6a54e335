import {
  type Decision,
  type KubeNode,
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
    const { class: podClass, forbidden } = this.scheduler.pod(this.#id(pod))
    return forbidden === undefined ? this.scheduler.decide(podClass) : unmade(forbidden)
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
  difference(decision: Decision, step: Step): Difference | undefined {
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
