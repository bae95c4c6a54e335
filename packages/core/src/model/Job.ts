import { Schema } from "effect"
import { DurationMs } from "./Duration.ts"
import { defaultTo } from "./defaultTo.ts"
import { inFile } from "./inFile.ts"
import { Labels } from "./Labels.ts"
import { Name } from "./Name.ts"
import type { InNamespace } from "./Namespace.ts"
import { NonEmptyText } from "./NonEmptyText.ts"
import { PodSpec } from "./Pod.ts"

/** No job waits for itself. */
export const waitsForOthers = Schema.makeFilter(
  ({ after = [], name }: { readonly after?: ReadonlyArray<string>; readonly name: string }) =>
    after.flatMap((other, index) =>
      other === name ? [{ path: ["after", index], issue: "a job that waits for itself never starts" }] : []
    )
)

/** Work that ends: so many tasks of one pod each. It is over once all of its tasks are, also where one of them fails early. */
export const Job = Schema.Struct({
  name: Name,
  /** Left out, the connection's own. */
  namespace: Schema.optionalKey(Name),
  labels: Labels.pipe(defaultTo({})),
  /** Tasks that must succeed; each knows its index as `JOB_INDEX`. */
  completions: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })).pipe(defaultTo(1)),
  parallelism: Schema.Int.check(Schema.isGreaterThan(0)).pipe(defaultTo(1)),
  /** How often one task may fail and be tried again. */
  retries: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000 })).pipe(defaultTo(0)),
  /**
   * Ended as failed so long after it began. A backend's own queue says when that was: HTCondor at its submission, Kubernetes when
   * it was let go, hosts with the first try.
   */
  deadlineMs: Schema.optionalKey(inFile("deadline", DurationMs)),
  /** Forgotten so long after its end, as by `remove`; left out, kept until somebody removes it. */
  ttlAfterEndMs: Schema.optionalKey(inFile("ttl_after_end", DurationMs)),
  /** Jobs of the same namespace that must have succeeded before this one starts; it is cancelled where one does not. */
  after: Schema.optionalKey(Schema.Array(Name)),
  held: Schema.Boolean.pipe(defaultTo(false)),
  queue: Schema.optionalKey(NonEmptyText),
  pod: PodSpec
}).check(waitsForOthers)
export type Job = typeof Job.Type

/** Where a job is in its life. Only the last three are ends. */
export type JobState = "held" | "waiting" | "running" | "cancelling" | "succeeded" | "failed" | "cancelled"

/** Whether nothing will happen to the job any more. */
export const isOver = (state: JobState): boolean => state === "succeeded" || state === "failed" || state === "cancelled"

/** One try of one task. */
export interface Attempt {
  readonly index: number
  readonly attempt: number
  readonly node?: string
  readonly state: "waiting" | "running" | "succeeded" | "failed" | "lost"
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  readonly exitCode?: number
  readonly reason?: string
}

/** A job as it is. */
export interface JobStatus {
  /** What the backend calls it; unique among its jobs, also of the past. */
  readonly id: string
  readonly spec: InNamespace<Job>
  readonly state: JobState
  readonly reason?: string
  readonly submittedAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  readonly tasks: {
    readonly waiting: number
    readonly running: number
    readonly succeeded: number
    /** Those that have no try left; once the job is over, all that did not succeed. */
    readonly failed: number
  }
  readonly attempts: ReadonlyArray<Attempt>
}

/** What happened to a job. The stream of one job ends with its end. */
export interface JobEvent {
  readonly atMs: number
  readonly job: JobStatus
}
