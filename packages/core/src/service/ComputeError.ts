import { Runtime, Schema } from "effect"
import { Problem } from "../model/Problem.ts"

/** What to do after a failure: nothing helps, the same later, something else now, or it was tried often enough. */
export type Retry = "never" | "later" | "elsewhere" | "exhausted"

/** Where it happened, and what the provider itself said. */
const at = {
  backend: Schema.String,
  operation: Schema.String,
  /** The provider's own code and request id, for its support. */
  code: Schema.optionalKey(Schema.String),
  requestId: Schema.optionalKey(Schema.String)
}

/** The input cannot be used; every problem at once. Nothing was done. */
export class InvalidInput extends Schema.TaggedError<InvalidInput>()("InvalidInput", {
  ...at,
  problems: Schema.Array(Problem)
}) {
  readonly retry: Retry = "never"
  get what() {
    return this.problems.map(({ message, path }) => `${path}: ${message}`).join("\n")
  }
  get remedy() {
    return this.problems.find(({ remedy }) => remedy !== undefined)?.remedy ?? "correct what is named above"
  }
}

/** A declared gap was called. Raised by the guard, before the provider is reached. */
export class Unsupported extends Schema.TaggedError<Unsupported>()("Unsupported", {
  ...at,
  feature: Schema.String,
  why: Schema.String
}) {
  readonly retry: Retry = "never"
  get what() {
    return `${this.backend} does not offer ${this.feature}: ${this.why}`
  }
  get remedy() {
    return "choose another backend, or leave this feature out; `compute get capabilities` lists what each one offers"
  }
}

/** There is no such thing, or none of ours. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", {
  ...at,
  kind: Schema.String,
  name: Schema.String
}) {
  readonly retry: Retry = "never"
  get what() {
    return `there is no ${this.kind} named ${this.name}`
  }
  get remedy() {
    return this.kind === "revision"
      ? "look at what there is with `compute rollout history deployment/NAME`"
      : `look at what there is with \`compute get ${this.kind}s\``
  }
}

/** The name is taken by something that is not ours or is not the same. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", {
  ...at,
  kind: Schema.String,
  name: Schema.String,
  detail: Schema.String
}) {
  readonly retry: Retry = "never"
  get what() {
    return `${this.kind} ${this.name}: ${this.detail}`
  }
  get remedy() {
    return "choose another name, or look who made it and remove it there"
  }
}

/** Somebody changed the same thing meanwhile. Read again, decide again. */
export class Stale extends Schema.TaggedError<Stale>()("Stale", { ...at, detail: Schema.String }) {
  readonly retry: Retry = "later"
  get what() {
    return `it changed while we worked on it: ${this.detail}`
  }
  get remedy() {
    return "run the command again; it takes up where things are now"
  }
}

/** The credentials are missing, wrong or expired. */
export class Unauthenticated extends Schema.TaggedError<Unauthenticated>()("Unauthenticated", {
  ...at,
  detail: Schema.String
}) {
  readonly retry: Retry = "never"
  get what() {
    return `not logged in: ${this.detail}`
  }
  get remedy() {
    return "renew the credentials of this backend"
  }
}

/** The credentials do not allow this. */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", { ...at, detail: Schema.String }) {
  readonly retry: Retry = "never"
  get what() {
    return `not allowed: ${this.detail}`
  }
  get remedy() {
    return "ask for the permission named above, or use other credentials"
  }
}

/** The backend asked us to slow down. */
export class Throttled extends Schema.TaggedError<Throttled>()("Throttled", {
  ...at,
  retryAfterMs: Schema.optionalKey(Schema.Int)
}) {
  readonly retry: Retry = "later"
  get what() {
    return "the backend asked us to slow down"
  }
  get remedy() {
    return "wait a little, or lower the request rate"
  }
}

/** The backend cannot be reached or answers with its own failure. Whether the call had an effect is unknown. */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", { ...at, detail: Schema.String }) {
  readonly retry: Retry = "later"
  get what() {
    return `the backend does not answer: ${this.detail}`
  }
  get remedy() {
    return "check that it is up and that this machine can reach it, then run the command again"
  }
}

/** It did not happen in time. Whether it still will is unknown. */
export class TimedOut extends Schema.TaggedError<TimedOut>()("TimedOut", {
  ...at,
  detail: Schema.String,
  afterMs: Schema.Int
}) {
  readonly retry: Retry = "later"
  get what() {
    return `${this.detail} did not happen within ${Math.round(this.afterMs / 1000)} s`
  }
  get remedy() {
    return "look at its state; running the command again takes up from there"
  }
}

/** The backend is out of this machine shape here and now. */
export class CapacityExhausted extends Schema.TaggedError<CapacityExhausted>()("CapacityExhausted", {
  ...at,
  offering: Schema.String
}) {
  readonly retry: Retry = "elsewhere"
  get what() {
    return `the backend has no ${this.offering} left`
  }
  get remedy() {
    return "give the pool more instance types or zones, or try later"
  }
}

/** An account's own limit is reached. */
export class QuotaExceeded extends Schema.TaggedError<QuotaExceeded>()("QuotaExceeded", {
  ...at,
  quota: Schema.String
}) {
  readonly retry: Retry = "never"
  get what() {
    return `quota reached: ${this.quota}`
  }
  get remedy() {
    return "ask the provider for a higher quota, or free some of what you have"
  }
}

/** The thing itself failed (an image that is not there, a container that ends at once). */
export class Failed extends Schema.TaggedError<Failed>()("Failed", {
  ...at,
  detail: Schema.String,
  hint: Schema.String
}) {
  readonly retry: Retry = "never"
  get what() {
    return this.detail
  }
  get remedy() {
    return this.hint
  }
}

/** Some of what we own could not be removed; named, so that nothing is lost silently. */
export class Leftovers extends Schema.TaggedError<Leftovers>()("Leftovers", {
  ...at,
  items: Schema.Array(Schema.String)
}) {
  readonly retry: Retry = "later"
  get what() {
    return `left behind: ${this.items.join(", ")}`
  }
  get remedy() {
    return "run the deletion again; what remains is still marked as ours"
  }
}

/** Retried as often as the budget allows; `last` is what happened in the end. Outer loops must not retry again. */
export class Exhausted extends Schema.TaggedError<Exhausted>()("Exhausted", {
  ...at,
  attempts: Schema.Int,
  last: Schema.String
}) {
  readonly retry: Retry = "exhausted"
  get what() {
    return `${this.last} (tried ${this.attempts} times)`
  }
  get remedy() {
    return "the backend has been failing for a while: check its state before trying again"
  }
}

/** Something was asked of a connection that had been closed. Raised by the facade, before the provider is reached. */
export class Closed extends Schema.TaggedError<Closed>()("Closed", at) {
  readonly retry: Retry = "never"
  get what() {
    return "this connection is closed"
  }
  get remedy() {
    return "connect anew, and close once nothing more is to be asked"
  }
}

/** A failure we could not classify. Seeing one in a log is a bug in that provider's `classify.ts`. */
export class Unclassified extends Schema.TaggedError<Unclassified>()("Unclassified", { ...at, detail: Schema.String }) {
  readonly retry: Retry = "never"
  get what() {
    return `unexpected answer: ${this.detail}`
  }
  get remedy() {
    return "please report this: the provider's answer is one Orrery does not know yet"
  }
}

export const Reason = Schema.Union([
  InvalidInput,
  Unsupported,
  NotFound,
  Conflict,
  Stale,
  Unauthenticated,
  Forbidden,
  Throttled,
  Unavailable,
  TimedOut,
  CapacityExhausted,
  QuotaExceeded,
  Failed,
  Leftovers,
  Exhausted,
  Closed,
  Unclassified
])
export type Reason = typeof Reason.Type

/** The one error of every service. `reason` says what happened, `retry` what helps, `remedy` what a person can do. */
export class ComputeError extends Schema.TaggedError<ComputeError>()("ComputeError", { reason: Reason }) {
  get retry(): Retry {
    return this.reason.retry
  }
  get remedy(): string {
    return this.reason.remedy
  }
  override get message(): string {
    return `${this.reason.backend}: ${this.reason.operation}: ${this.reason.what}`
  }
  override get [Runtime.errorExitCode](): number {
    return this.reason._tag === "InvalidInput" ? 2 : 1
  }
}

/** Wraps a reason into the family's one error. */
export const because = (reason: Reason): ComputeError => new ComputeError({ reason })
