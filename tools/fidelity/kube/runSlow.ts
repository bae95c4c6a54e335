// Plays cases in which pods that must leave take their time. Those for whom they leave wait, others come in between, and the
// scheduler tries whom it likes: ours is asked for each of its tries, in the order of its log.
import { setTimeout as sleep } from "node:timers/promises"
import { pathOf } from "./ApiServer.ts"
import { withSuffixes } from "./askReal.ts"
import type { Arrival, Case, Manifest } from "./drawCase.ts"
import { type Happening, isComplete, readHistory, type Try } from "./history.ts"
import type { RealScheduler } from "./RealScheduler.ts"
import type { Difference, Twin } from "./Twin.ts"

const keyOf = ({ metadata: { name, namespace = "default" } }: Manifest): string => `${namespace}/${name}`

const drop = async (real: RealScheduler, pods: ReadonlyArray<string>): Promise<void> => {
  for (const pod of pods) {
    const [namespace, name] = pod.split("/")
    await real.api.call("DELETE", `${pathOf("Pod", namespace)}/${name}`, { gracePeriodSeconds: 0 }, [404])
  }
  await real.until(
    () => `${pods.join(", ")} stay`,
    () => pods.every((pod) => !real.pods.has(pod))
  )
}

/** The scheduler is through once it has said nothing for so long. */
const quietMs = 100

/** The log up to where nothing more follows from what was asked. */
const settled = async (real: RealScheduler, holds: (log: string) => boolean): Promise<string> => {
  let log = ""
  let changedMs = performance.now()
  for (const endMs = changedMs + 60_000; performance.now() < endMs; await sleep(2)) {
    const more = real.log.take()
    log += more
    if (more !== "") changedMs = performance.now()
    if (performance.now() - changedMs > quietMs && isComplete(log) && holds(log)) return log
  }
  throw new Error(`the scheduler does not come to rest:\n${log.slice(-3000)}`)
}

/** A pod that the API server would not make. */
const unmade = (pod: string, message: string): Happening => ({
  tried: { pod, node: null, message: withSuffixes(message), victims: [], scores: {}, asksToLeave: false }
})

/** Lets an arrival happen, and tells what came of it. */
const happen = async (real: RealScheduler, arrival: Arrival): Promise<ReadonlyArray<Happening>> => {
  if ("pod" in arrival) {
    const { pod } = arrival
    const path = pathOf("Pod", pod.metadata.namespace)
    const answer = (await real.api.call("POST", path, pod, [403])) as { kind: string; message?: string }
    if (answer.kind === "Status") return [unmade(keyOf(pod), answer.message ?? "")]
    return readHistory(await settled(real, (log) => log.includes(`"Attempting to schedule pod" pod="${keyOf(pod)}"`)))
  }
  const leaving = [...real.pods.values()].filter(
    ({ metadata, spec }) => metadata.deletionTimestamp !== undefined && spec.nodeName !== undefined
  )
  const names = leaving.map(({ metadata: { name, namespace } }) => `${namespace}/${name}`)
  await drop(real, names)
  const isHeardOf = (log: string, pod: string): boolean => log.includes(`"Delete event for scheduled pod" pod="${pod}"`)
  return readHistory(await settled(real, (log) => names.every((pod) => isHeardOf(log, pod))))
}

/** How far both agreed. */
export interface SlowOutcome {
  readonly steps: number
  readonly pods: number
  readonly preemptions: number
  readonly refusals: number
  readonly difference?: Difference
}

/** Plays the arrivals on both, up to the first difference. */
export const runSlow = async (real: RealScheduler, twin: Twin, { arrivals }: Case): Promise<SlowOutcome> => {
  let [steps, pods, preemptions, refusals] = [0, 0, 0, 0]
  const compare = (one: Try): Difference | undefined => {
    if (one.victims.length > 0) preemptions++
    else if (one.node === null) refusals++
    const decision = twin.decide(one.pod)
    real.searchStart = twin.scheduler.start
    const difference = twin.difference(decision, one)
    if (difference === undefined) twin.settle(one)
    return difference
  }
  for (const arrival of arrivals) {
    steps++
    if ("pod" in arrival) pods++
    for (const happening of await happen(real, arrival)) {
      if ("told" in happening) twin.hear(happening.told, happening.pod)
      else {
        const difference = compare(happening.tried)
        if (difference !== undefined) return { steps, pods, preemptions, refusals, difference }
      }
    }
    // Who is refused and waits for no one to leave is taken away, as in all other cases.
    const unplaced = [...real.pods].filter(([, { spec }]) => spec.nodeName === undefined).map(([pod]) => pod)
    await drop(
      real,
      unplaced.filter((pod) => twin.isIdle(pod))
    )
  }
  return { steps, pods, preemptions, refusals }
}
