/** One thing to do. `key` names it for ever, so that a re-run knows what was done already. */
export type Step =
  | {
      readonly type: "launch"
      readonly pool: string
      readonly machine: string
      readonly replaces?: string
      /** Set where one more spot machine would be above the pool's share. */
      readonly market?: "on-demand"
    }
  | { readonly type: "start" | "stop" | "cordon" | "uncordon"; readonly pool: string; readonly machine: string }
  | { readonly type: "drain"; readonly pool: string; readonly machine: string; readonly deadlineMs: number }
  | { readonly type: "terminate"; readonly pool: string; readonly machine: string; readonly id: string }
  | { readonly type: "createNetwork" | "removeNetwork" | "removeGoal" }

/** A step with why it is there and what it costs. */
export interface PlannedStep {
  readonly step: Step
  readonly reason: string
  /** Change of the running cost, per hour. */
  readonly deltaMicroUsdPerHour: number
  /** What running work will feel. */
  readonly disruption: "none" | "moves pods" | "kills pods"
}

/** Steps in order, and what they come to. Empty where nothing is to do. */
export interface Plan {
  readonly cluster: string
  readonly steps: ReadonlyArray<PlannedStep>
  readonly deltaMicroUsdPerHour: number
  /** What could not be planned, and why; the rest of the plan is still good. */
  readonly unmet: ReadonlyArray<string>
}
