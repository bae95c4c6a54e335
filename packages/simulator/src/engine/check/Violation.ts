/** What is broken: time runs back, too much on a node, a GPU given away twice, a step no pod or node can take, pods that differ
 * from the books, a pod where it must not be, a budget, a quota, a group's size, a bill, or something that should have come and did not. */
export type Invariant =
  | "time"
  | "overcommit"
  | "gpu"
  | "placement"
  | "lifecycle"
  | "census"
  | "budget"
  | "quota"
  | "groupSize"
  | "money"
  | "liveness"

/** One broken promise. */
export interface Violation {
  readonly invariant: Invariant
  readonly timeMs: number
  readonly message: string
}
