import { because, type InNamespace, type LogOptions, NotFound, type Ref } from "@orrery/core"
import { Effect, Stream } from "effect"
import { readLogs } from "../pods/logs.ts"
import { get, jobPods } from "../scheduler.ts"
import { triesOf } from "../translate/job.ts"

/** One try of one task of a job. */
export interface AttemptRef extends Ref {
  readonly index: number
  /** Which try, from 1; the last one where it is left out. */
  readonly attempt?: number
}

/** What one try of one task printed. A pod that the cluster has removed has taken its lines with it. */
export const attemptLogs = ({ attempt, index, ...ref }: InNamespace<AttemptRef>, options: LogOptions = {}) =>
  Stream.unwrap(
    Effect.gen(function* () {
      yield* get(ref)
      const tries = triesOf(yield* Stream.runCollect(jobPods("logs", ref))).filter((one) => one.index === index)
      const found = attempt === undefined ? tries.at(-1) : tries.find((one) => one.attempt === attempt)
      if (found !== undefined) return readLogs(Stream.succeed(found.pod), options)
      const name = `${ref.name} task ${index}${attempt === undefined ? "" : ` try ${attempt}`}`
      return yield* because(new NotFound({ backend: "kubernetes", operation: "logs", kind: "attempt", name }))
    })
  )
