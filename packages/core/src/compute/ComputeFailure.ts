import { ComputeError, type Reason, type Retry } from "../service/ComputeError.ts"

/** A ComputeError for programs without Effect: an Error with what happened, what helps, and what a person can do. */
export class ComputeFailure extends Error {
  override readonly name = "ComputeFailure"
  /** What happened, as one word to decide by: `NotFound`, `InvalidInput`, `Throttled`. */
  readonly code: Reason["_tag"]
  readonly remedy: string
  readonly retry: Retry
  readonly backend: string
  readonly operation: string
  readonly #reason: Reason

  constructor(error: ComputeError) {
    super(error.message)
    this.code = error.reason._tag
    this.remedy = error.remedy
    this.retry = error.retry
    this.backend = error.reason.backend
    this.operation = error.reason.operation
    this.#reason = error.reason
  }

  /** All that is known, as the services tell it. Node does not print it: what a person needs is in the message and the remedy. */
  get reason(): Reason {
    return this.#reason
  }
}

/** The failure of a ComputeError; anything else stays what it is. */
export const asFailure = (error: unknown): unknown =>
  error instanceof ComputeError ? new ComputeFailure(error) : error
