import { Context, type Effect, type Stream } from "effect"
import type { Capabilities } from "../model/Capability.ts"
import type { Job, JobEvent, JobStatus } from "../model/Job.ts"
import type { LogLine, LogOptions } from "../model/Log.ts"
import type { Refusal } from "../model/Refusal.ts"
import type { Resources } from "../model/Resources.ts"
import type { ComputeError } from "./ComputeError.ts"
import type { Ref } from "./Ref.ts"

/** Why a job is where it is: one sentence, and one reason per node that did not take it. */
export interface Why {
  readonly summary: string
  readonly refusals: ReadonlyArray<Refusal>
}

/** What the backend has and what of it is free, per node. */
export interface Capacity {
  readonly nodes: ReadonlyArray<{ readonly name: string; readonly total: Resources; readonly free: Resources }>
}

/** Work that ends: a queue, where it runs, and what became of it. */
export class Scheduler extends Context.Service<
  Scheduler,
  {
    readonly backend: string
    readonly capabilities: Capabilities
    /** Queues the job under its name. The same name again is the same job: nothing runs twice. */
    readonly submit: (job: Job) => Effect.Effect<JobStatus, ComputeError>
    /** Looks among the waiting, the running and the ended. */
    readonly get: (ref: Ref) => Effect.Effect<JobStatus, ComputeError>
    /** Those in the connection's own namespace where none is named; `everywhere` names all. */
    readonly list: (namespace?: string) => Stream.Stream<JobStatus, ComputeError>
    /** Ends it; success when it was over already. */
    readonly cancel: (ref: Ref) => Effect.Effect<void, ComputeError>
    /** Takes it back from the queue until `release`; what runs is stopped. */
    readonly hold: (ref: Ref) => Effect.Effect<void, ComputeError>
    readonly release: (ref: Ref) => Effect.Effect<void, ComputeError>
    /** Forgets a job that is over, with all it left behind; cancels it first where it is not. */
    readonly remove: (ref: Ref) => Effect.Effect<void, ComputeError>
    readonly logs: (ref: Ref, options?: LogOptions) => Stream.Stream<LogLine, ComputeError>
    /** Begins with what is there, then every change; ends when the job is over. */
    readonly watch: (ref: Ref) => Stream.Stream<JobEvent, ComputeError>
    readonly why: (ref: Ref) => Effect.Effect<Why, ComputeError>
    readonly capacity: Effect.Effect<Capacity, ComputeError>
  }
>()("@orrery/core/Scheduler") {}
