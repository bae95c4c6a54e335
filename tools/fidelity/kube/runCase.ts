import { setTimeout as sleep } from "node:timers/promises"
import type { Decision } from "../../../packages/simulator/src/engine/profiles/kube/index.ts"
import { askReal, markStarted, type Step, wipe } from "./askReal.ts"
import type { Case, Change } from "./drawCase.ts"
import type { RealScheduler } from "./RealScheduler.ts"
import { runSlow } from "./runSlow.ts"
import { type Difference, Twin } from "./Twin.ts"

/** How far both agreed, and what each said where they did not. */
export interface Outcome {
  /** How many arrivals were played. */
  readonly steps: number
  readonly pods: number
  /** Where the first search began, and what the real scheduler did: enough to ask ours again without it. */
  readonly start: number
  readonly played: ReadonlyArray<Step | Change>
  readonly preemptions: number
  readonly refusals: number
  readonly difference?: Difference
}

const baseTimeMs = Date.UTC(2026, 0, 1)
/** How long the scheduler may take to hear of what its log does not tell. */
const settleMs = 120

const without = <T>(list: ReadonlyArray<T>, at: number): ReadonlyArray<T> => list.filter((_, index) => index !== at)

/** Asks our scheduler what the real one was asked, its second tries included. */
const follow = (twin: Twin, step: Step): Decision => {
  const at = step.tried.indexOf(step.pod)
  twin.retry(step.tried.slice(0, Math.max(0, at)))
  const decision = twin.decide(step.pod)
  // The last try of a pod that made room succeeds on the node it made free, which is asked alone.
  const isPlacedLater = step.node !== null && step.tried.filter((pod) => pod === step.pod).length > 1
  const later = step.tried.slice(at + 1)
  twin.retry(isPlacedLater ? without(later, later.lastIndexOf(step.pod)) : later)
  return decision
}

const change = async (real: RealScheduler, twin: Twin, one: Change): Promise<void> => {
  if ("setNode" in one) {
    await real.setNode(one.setNode)
    twin.setNode(one.setNode)
  } else {
    await real.removeNode(one.removeNode)
    twin.removeNode(one.removeNode)
  }
}

/** Plays a case on both, one arrival after the other, up to the first difference. */
export const runCase = async (real: RealScheduler, one: Case): Promise<Outcome> => {
  const twin = new Twin(one, real.searchStart)
  await wipe(real)
  for (const object of one.objects) await real.create(object)
  await sleep(settleMs)
  const { start } = twin.scheduler
  if (one.isSlow) return { ...(await runSlow(real, twin, one)), start, played: [] }
  const played: Array<Step | Change> = []
  let startTimeMs = baseTimeMs
  let [pods, preemptions, refusals] = [0, 0, 0]
  const outcome = (): Outcome => ({ steps: played.length, pods, start, played, preemptions, refusals })
  for (const arrival of one.arrivals) {
    if ("allLeave" in arrival) throw new Error("nobody takes their time here")
    if (!("pod" in arrival)) {
      await change(real, twin, arrival)
      played.push(arrival)
      continue
    }
    startTimeMs += pods % 3 === 0 ? 0 : 1000
    const asked = await askReal(real, arrival.pod)
    const step = one.started ? { ...asked, startTimeMs } : asked
    const decision = follow(twin, step)
    const difference = twin.difference(decision, step)
    real.searchStart = twin.scheduler.start
    played.push(step)
    pods++
    if (step.victims.length > 0) preemptions++
    if (step.node === null) refusals++
    if (difference !== undefined) return { ...outcome(), difference }
    if (one.started && step.node !== null && !step.isForgotten) await markStarted(real, step.pod, startTimeMs)
    twin.apply(decision, step)
  }
  return outcome()
}
