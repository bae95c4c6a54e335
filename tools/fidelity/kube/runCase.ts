import { setTimeout as sleep } from "node:timers/promises"
import {
  type Decision,
  type Problem,
  Reader,
  readConfiguration,
  Scheduler,
  World
} from "../../../packages/simulator/src/engine/profiles/kube/index.ts"
import { profiles } from "./configuration.ts"
import { type Case, type Manifest, namespaces, priorityClasses } from "./drawCase.ts"
import { type PodState, pathOf, type RealScheduler } from "./RealScheduler.ts"

type Scores = Readonly<Record<string, Readonly<Record<string, number>>>>

/** What happened to one pod. */
export interface Step {
  readonly pod: string
  readonly node: string | null
  readonly message: string
  readonly victims: ReadonlyArray<string>
  readonly scores: Scores
  /** It made room and was then forgotten: a hint of the queue skipped its victims' end, and minutes would pass. */
  readonly isForgotten: boolean
  /** Every pod that the scheduler tried to place since the last step, in order: refused ones now and then come again. */
  readonly tried: ReadonlyArray<string>
}

/** How far both agreed, and what each said where they did not. */
export interface Outcome {
  readonly steps: number
  /** Where the first search began, and what the real scheduler did: enough to ask ours again without it. */
  readonly start: number
  readonly played: ReadonlyArray<Step>
  readonly preemptions: number
  readonly refusals: number
  readonly difference?: { readonly pod: string; readonly what: string; readonly real: unknown; readonly ours: unknown }
}

const scoreLine = /"Plugin scored node for pod" pod="([^"]+)" plugin="([^"]+)" node="([^"]+)" score=(-?\d+)/g

const readScores = (log: string, pod: string): Scores => {
  const scores: Record<string, Record<string, number>> = {}
  for (const [, of, plugin = "", node = "", score] of log.matchAll(scoreLine)) {
    if (of !== pod) continue
    scores[node] ??= {}
    scores[node][plugin] = Number(score)
  }
  return scores
}

const triedLine = /"Attempting to schedule pod" pod="([^"]+)"/g

const readTried = (log: string): ReadonlyArray<string> => [...log.matchAll(triedLine)].map(([, pod = ""]) => pod)

const conditionOf = (state: PodState | undefined) =>
  state?.status.conditions?.find((one) => one.type === "PodScheduled")

/** Puts one pod before the real scheduler and waits for its answer. */
const askReal = async (real: RealScheduler, manifest: Manifest): Promise<Step> => {
  const { name, namespace = "default" } = manifest.metadata
  const pod = `${namespace}/${name}`
  const before = new Set(real.pods.keys())
  let message = ""
  await real.call("POST", pathOf("Pod", namespace), manifest)
  const decided = (): boolean => {
    const state = real.pods.get(pod)
    const condition = conditionOf(state)
    if (condition?.status === "False") message = condition.message ?? ""
    const waits = state?.status.nominatedNodeName !== undefined && state.status.nominatedNodeName !== ""
    return state?.spec.nodeName !== undefined || (condition?.status === "False" && !waits)
  }
  const nominatedMs = new Map<string, number>()
  const isForgotten = (): boolean => {
    const nominated = real.pods.get(pod)?.status.nominatedNodeName
    if (nominated === undefined || nominated === "") return false
    const sinceMs = nominatedMs.get(nominated) ?? performance.now()
    nominatedMs.set(nominated, sinceMs)
    return performance.now() - sinceMs > 4000 && [...before].some((key) => !real.pods.has(key))
  }
  await real.until(
    () => `no decision for ${pod}: ${JSON.stringify(real.pods.get(pod))}`,
    () => decided() || isForgotten()
  )
  const forgotten = decided() ? undefined : real.pods.get(pod)?.status.nominatedNodeName
  const node = real.pods.get(pod)?.spec.nodeName ?? forgotten ?? null
  if (node === null || forgotten !== undefined) {
    await real.call("DELETE", `${pathOf("Pod", namespace)}/${name}`, { gracePeriodSeconds: 0 }, [404])
    await real.until(
      () => `${pod} stays`,
      () => !real.pods.has(pod)
    )
  }
  const victims = [...before].filter((key) => !real.pods.has(key))
  const log = real.readLog()
  const scores = readScores(log, pod)
  return { pod, node, message, victims, scores, isForgotten: forgotten !== undefined, tried: readTried(log) }
}

const without = <T>(list: ReadonlyArray<T>, at: number): ReadonlyArray<T> => list.filter((_, index) => index !== at)

/** A pod that asks for nothing. */
const blank: Manifest = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "first", namespace: "default" },
  spec: { terminationGracePeriodSeconds: 0, containers: [{ name: "c", image: "none" }] }
}

const baseTimeMs = Date.UTC(2026, 0, 1)

/** Tells when a pod started: each a second, or not at all, after the one before. */
const markStarted = async (real: RealScheduler, pod: string, startTimeMs: number): Promise<void> => {
  const [namespace, name] = pod.split("/")
  const path = `${pathOf("Pod", namespace)}/${name}/status`
  const startTime = new Date(startTimeMs).toISOString().replace(".000Z", "Z")
  await real.call("PATCH", path, { status: { startTime } }, [], "application/strategic-merge-patch+json")
  await sleep(8)
}

/** Our scheduler over the same objects. */
const simulate = (
  one: Case,
  start: number
): { readonly scheduler: Scheduler; readonly ids: ReadonlyMap<string, number> } => {
  const reader = new Reader({})
  const items = [...namespaces, ...priorityClasses, ...one.objects, ...one.pods]
  reader.add({ file: "case", text: JSON.stringify({ kind: "List", items }) })
  const world = new World(reader.finish())
  const problems: Array<Problem> = [...reader.problems]
  const read = readConfiguration({ file: "profiles", text: profiles }, problems)
  if (problems.length > 0) throw new Error(`seed ${one.seed}: ${JSON.stringify(problems)}`)
  const ids = new Map(world.pods.map((pod, id) => [`${pod.class.namespace}/${pod.name}`, id]))
  return { scheduler: new Scheduler(world, read, { kind: "first" }, start), ids }
}

const scoresOf = (scheduler: Scheduler, decision: Decision): Scores =>
  Object.fromEntries(
    [...decision.scores].map(([node, scores]) => [scheduler.world.nodes[node]?.name ?? "", Object.fromEntries(scores)])
  )

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner
  )

const same = (left: unknown, right: unknown): boolean => sorted(left) === sorted(right)

const compare = (scheduler: Scheduler, decision: Decision, step: Step): Outcome["difference"] => {
  const nameOf = (node: number): string => scheduler.world.nodes[node]?.name ?? ""
  const differ = (what: string, real: unknown, ours: unknown) => ({ pod: step.pod, what, real, ours })
  const places = (decision.ties.length > 0 ? decision.ties : decision.preemptions.map((one) => one.node)).map(nameOf)
  if (step.node === null && (places.length > 0 || decision.message !== step.message))
    return differ("refusal", step.message, { message: decision.message, places })
  if (step.node !== null && !places.includes(step.node))
    return differ("node", step, { places, message: decision.message, scores: scoresOf(scheduler, decision) })
  const candidate = decision.preemptions.find((one) => nameOf(one.node) === step.node)
  const victims = (candidate?.victims ?? []).map((id) => podName(scheduler, id)).sort()
  if (!same(victims, [...step.victims].sort())) return differ("victims", step.victims, victims)
  // The words are there for a pod that made room only if they were seen before it was bound.
  if (candidate !== undefined && step.message !== "" && step.message !== decision.message)
    return differ("words before preemption", step.message, decision.message)
  const ours = scoresOf(scheduler, decision)
  return same(ours, step.scores) ? undefined : differ("scores", step.scores, ours)
}

/**
 * Asks again for pods that the real scheduler tried again without success: nothing is placed, but a pod that names its nodes
 * moves the start of the next search by as many each time.
 */
const retry = (scheduler: Scheduler, ids: ReadonlyMap<string, number>, tried: ReadonlyArray<string>): void => {
  for (const pod of tried) {
    const id = ids.get(pod)
    if (id !== undefined) scheduler.decide(scheduler.pod(id).class)
  }
}

const podName = (scheduler: Scheduler, id: number): string => {
  const pod = scheduler.pod(id)
  return `${pod.class.namespace}/${pod.name}`
}

const apply = (
  scheduler: Scheduler,
  ids: ReadonlyMap<string, number>,
  step: Step,
  startTimeMs: number | undefined
): void => {
  const { world } = scheduler
  scheduler.evict(step.victims.map((name) => ids.get(name) as number))
  const id = ids.get(step.pod) as number
  if (step.node === null || step.isForgotten) return
  world.assign(id, world.nodeIndex.get(step.node) as number)
  if (startTimeMs !== undefined) world.pods[id] = { ...scheduler.pod(id), startTimeMs }
}

/** Plays a case on both, pod by pod, up to the first difference. */
export const runCase = async (real: RealScheduler, one: Case): Promise<Outcome> => {
  const { scheduler, ids } = simulate(one, real.searchStart)
  await real.clear()
  // The scheduler lays out its list of nodes anew only if a decision sees other names than the last one did: this one sees none.
  await askReal(real, blank)
  await sleep(30)
  for (const object of one.objects) await real.create(object)
  await sleep(250)
  let startTimeMs = baseTimeMs
  const start = scheduler.start
  const played: Array<Step> = []
  let [steps, preemptions, refusals] = [0, 0, 0]
  for (const manifest of one.pods) {
    const step = await askReal(real, manifest)
    const at = step.tried.indexOf(step.pod)
    retry(scheduler, ids, step.tried.slice(0, at))
    const decision = scheduler.decide(scheduler.pod(ids.get(step.pod) as number).class)
    // The last try of a pod that made room succeeds on the node it made free, which is asked alone.
    const isPlacedLater = step.node !== null && step.tried.filter((pod) => pod === step.pod).length > 1
    const later = step.tried.slice(at + 1)
    retry(scheduler, ids, isPlacedLater ? without(later, later.lastIndexOf(step.pod)) : later)
    real.searchStart = scheduler.start
    const difference = compare(scheduler, decision, step)
    steps++
    played.push(step)
    if (step.victims.length > 0) preemptions++
    if (step.node === null) refusals++
    if (difference !== undefined) return { steps, start, played, preemptions, refusals, difference }
    startTimeMs += steps % 3 === 0 ? 0 : 1000
    if (one.started && step.node !== null && !step.isForgotten) await markStarted(real, step.pod, startTimeMs)
    apply(scheduler, ids, step, one.started ? startTimeMs : undefined)
  }
  return { steps, start, played, preemptions, refusals }
}

/** Makes what all cases share, and waits for the scheduler's first answer: only then does it see nodes one by one. */
export const prepare = async (real: RealScheduler): Promise<void> => {
  for (const object of [...namespaces, ...priorityClasses]) await real.create(object)
  await askReal(real, blank)
}

/** Brings the real search back to its first node: in a cluster of one node, every search ends there. */
export const rewind = async (real: RealScheduler): Promise<void> => {
  await real.clear()
  await real.create({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "alone" },
    status: { allocatable: { pods: "9" } }
  })
  await sleep(250)
  await askReal(real, blank)
  real.searchStart = 0
}
