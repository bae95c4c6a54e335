/** Why one candidate (a node, an offering, a pool) was not taken. */
export interface Refusal {
  readonly candidate: string
  /** A short stable word, to count by: `cpu`, `taint`, `price`. */
  readonly code: string
  /** The whole reason, for a person. */
  readonly why: string
}
