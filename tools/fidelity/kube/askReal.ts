import { setTimeout as sleep } from "node:timers/promises"
import { pathOf } from "./ApiServer.ts"
import { type Manifest, shared } from "./drawCase.ts"
import type { PodState, RealScheduler } from "./RealScheduler.ts"

/** Scores by node and plugin. */
export type Scores = Readonly<Record<string, Readonly<Record<string, number>>>>

/** What happened to one pod. */
export interface Step {
  readonly pod: string
  readonly node: string | null
  readonly message: string
  readonly victims: ReadonlyArray<string>
  readonly scores: Scores
  /** It made room and was then forgotten: a hint of the queue skipped its victims' end, and minutes would pass. */
  readonly isForgotten: boolean
  /** When it started, where anybody tells. */
  readonly startTimeMs?: number
  /** Every pod that the scheduler tried to place since the last step, in order: refused ones now and then come again. */
  readonly tried: ReadonlyArray<string>
}

const forgottenAfterMs = 2500

const scoreLine = /"Plugin scored node for pod" pod="([^"]+)" plugin="([^"]+)" node="([^"]+)" score=(-?\d+)/g

/** The scores of one pod in a piece of the log. */
export const readScores = (log: string, pod: string): Scores => {
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

interface Answer {
  readonly kind: string
  readonly message?: string
}

const suffixes: Readonly<Record<string, string>> = { "-3": "m", "3": "k", "6": "M", "9": "G" }

/** Sums of what was written with exponents are told so; ours do not know how anything was written. */
export const withSuffixes = (message: string): string =>
  message.replaceAll(/(?<==\d+)e(-?\d+)/g, (all, power: string) => suffixes[power] ?? all)

/** Puts one pod before the real scheduler and waits for its answer. A refused pod is taken away. */
export const askReal = async (real: RealScheduler, manifest: Manifest): Promise<Step> => {
  const { name, namespace = "default" } = manifest.metadata
  const pod = `${namespace}/${name}`
  const before = new Set(real.pods.keys())
  let message = ""
  const answer = (await real.api.call("POST", pathOf("Pod", namespace), manifest, [403])) as Answer
  if (answer.kind === "Status")
    return {
      pod,
      node: null,
      message: withSuffixes(answer.message ?? ""),
      victims: [],
      scores: {},
      isForgotten: false,
      tried: []
    }
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
    return performance.now() - sinceMs > forgottenAfterMs && [...before].some((key) => !real.pods.has(key))
  }
  await real.until(
    () => `no decision for ${pod}: ${JSON.stringify(real.pods.get(pod))}`,
    () => decided() || isForgotten()
  )
  const forgotten = decided() ? undefined : real.pods.get(pod)?.status.nominatedNodeName
  const node = real.pods.get(pod)?.spec.nodeName ?? forgotten ?? null
  if (node === null || forgotten !== undefined) {
    await real.api.call("DELETE", `${pathOf("Pod", namespace)}/${name}`, { gracePeriodSeconds: 0 }, [404])
    await real.until(
      () => `${pod} stays`,
      () => !real.pods.has(pod)
    )
  }
  const victims = [...before].filter((key) => !real.pods.has(key))
  const log = real.log.take()
  const scores = readScores(log, pod)
  return { pod, node, message, victims, scores, isForgotten: forgotten !== undefined, tried: readTried(log) }
}

/** Tells the real scheduler when a pod started. */
export const markStarted = async (real: RealScheduler, pod: string, startTimeMs: number): Promise<void> => {
  const [namespace, name] = pod.split("/")
  const path = `${pathOf("Pod", namespace)}/${name}/status`
  const startTime = new Date(startTimeMs).toISOString().replace(".000Z", "Z")
  await real.log.until("Add scheduled pod", pod, 1)
  const heard = real.log.count("Update scheduled pod", pod)
  await real.api.call("PATCH", path, { status: { startTime } }, [], "application/strategic-merge-patch+json")
  await real.log.until("Update scheduled pod", pod, heard + 1)
}

/** A pod that asks for nothing. */
const blank: Manifest = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "first", namespace: "default" },
  spec: { terminationGracePeriodSeconds: 0, containers: [{ name: "c", image: "none" }] }
}

/** Makes what all cases share, and waits for the scheduler's first answer: only then does it see nodes one by one. */
export const prepare = async (real: RealScheduler): Promise<void> => {
  for (const object of shared)
    await real.api.call("POST", pathOf(object.kind, object.metadata.namespace), object, [409])
  await askReal(real, blank)
}

/**
 * Clears all away. The scheduler lays out its list of nodes anew only if a decision sees other names than the last one did:
 * one here sees none.
 */
export const wipe = async (real: RealScheduler): Promise<void> => {
  await real.clear()
  await askReal(real, blank)
}

/** Brings the real search back to its first node: in a cluster of one node, every search ends there. */
export const rewind = async (real: RealScheduler): Promise<void> => {
  await wipe(real)
  const status = { allocatable: { pods: "9" } }
  await real.create({ apiVersion: "v1", kind: "Node", metadata: { name: "alone" }, status })
  await sleep(20)
  await askReal(real, blank)
  real.searchStart = 0
}
