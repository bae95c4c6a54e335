import type { Resources } from "../../model/Resources.ts"

/** Waiting pods that are equal to each other. */
export interface WaitingPods {
  readonly name: string
  readonly request: Resources
  readonly count: number
  /** No two of them share a node. */
  readonly apart?: boolean
}
