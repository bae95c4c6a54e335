/** How a node is emptied. */
export interface DrainOptions {
  /** After so long it has failed; five minutes where left out. */
  readonly deadlineMs?: number
  /** How long pods may take to end, in place of what each says itself. */
  readonly graceMs?: number
  /** Pods that nobody would start again: refused, before anything moves, unless they may be lost. */
  readonly bare?: "refuse" | "lose"
  /** Pods that keep data on the node: it is lost with them; refused where that must not be. */
  readonly localData?: "refuse" | "lose"
}

/** What became of one pod of a node that is emptied, and how many are still there. */
export interface DrainProgress {
  readonly pod: string
  readonly state: "leaving" | "blocked" | "gone"
  /** What keeps a blocked pod. */
  readonly why?: string
  readonly left: number
}
