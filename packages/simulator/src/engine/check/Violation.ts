/** What is broken: time runs back, too much on a node, a device with two pods, a step no pod or node can take, pods that differ
 * from the books, a budget, a quota, a group's size, a bill, or something that should have come and did not. */
export type Invariant =
  | "time"
  | "overcommit"
  | "device"
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
