/** What becomes of a job when one of its tries ends in a certain way. The first rule that fits decides. */
export interface FailureRule {
  /** `ignore` does not count the try, `count` does, `failTask` tries this task no more, `failJob` ends all of it. */
  readonly outcome: "ignore" | "count" | "failTask" | "failJob"
  /** Tries that ended with one of these codes, or with none of them; left out, those that the cluster took away. */
  readonly exitCodes?: { readonly operator: "In" | "NotIn"; readonly values: ReadonlyArray<number> }
}

/** Who lets jobs of a queue go. */
export type QueueSystem = "kueue" | "kai" | "volcano"

/** What Kubernetes offers for a job beyond what every backend has. */
export interface JobOptions {
  readonly failureRules?: ReadonlyArray<FailureRule>
  /** Whose queue `queue` names; Kueue's where nothing is said. */
  readonly queueSystem?: QueueSystem
}
