import { Schema } from "effect"
import { DurationMs } from "./Duration.ts"
import { defaultTo } from "./defaultTo.ts"
import { inFile } from "./inFile.ts"
import { Name } from "./Name.ts"
import type { InNamespace } from "./Namespace.ts"
import { PodTemplate } from "./Pod.ts"
import { LabelSelector, selects } from "./Requirement.ts"
import { CountOrPercent } from "./UpdatePolicy.ts"

/** Replaces pods a few at a time. */
export const RollingUpdate = Schema.Struct({
  type: Schema.Literal("RollingUpdate").pipe(defaultTo("RollingUpdate")),
  maxSurge: CountOrPercent.pipe(defaultTo("25%")),
  maxUnavailable: CountOrPercent.pipe(defaultTo("25%"))
}).check(
  Schema.makeFilter(({ maxSurge, maxUnavailable }) =>
    /^0+%?$/.test(maxSurge) && /^0+%?$/.test(maxUnavailable)
      ? { path: ["maxSurge"], issue: "max_surge and max_unavailable are both zero, so nothing could ever be replaced" }
      : undefined
  )
)

/** How a deployment goes from one version to the next. */
export const Strategy = Schema.Union([Schema.Struct({ type: Schema.Literal("Recreate") }), RollingUpdate])
export type Strategy = typeof Strategy.Type

/** What a person wants to keep running. */
export const Deployment = Schema.Struct({
  name: Name,
  /** Left out, the connection's own. */
  namespace: Schema.optionalKey(Name),
  replicas: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })).pipe(defaultTo(1)),
  strategy: Strategy.pipe(defaultTo({ type: "RollingUpdate" })),
  selector: LabelSelector,
  template: PodTemplate,
  progressDeadlineMs: inFile("progress_deadline", DurationMs.pipe(defaultTo("10m")))
}).check(
  Schema.makeFilter(({ selector, template }) =>
    Object.keys(selector.matchLabels).length + selector.matchExpressions.length === 0
      ? { path: ["selector"], issue: "the selector is empty and would pick every pod" }
      : selects(selector, template.labels)
        ? undefined
        : { path: ["selector"], issue: "the selector does not pick the template's own labels" }
  )
)
export type Deployment = typeof Deployment.Type

/** A change to a deployment: what is given replaces what was. */
export interface DeploymentUpdate {
  readonly replicas?: number
  readonly strategy?: Strategy
  readonly template?: PodTemplate
  readonly progressDeadlineMs?: number
}

/** A deployment as it is. */
export interface DeploymentStatus {
  readonly spec: InNamespace<Deployment>
  /** Counts up whenever the template changes; what `rollback` names. */
  readonly revision: number
  readonly replicas: {
    readonly desired: number
    readonly total: number
    readonly updated: number
    readonly ready: number
  }
  /** `stuck` says why in `message`. */
  readonly state: "progressing" | "available" | "stuck" | "deleting"
  readonly message?: string
}

/** What happened to a deployment; `state` as of then. */
export interface DeploymentEvent {
  readonly type: "Changed" | "Deleted"
  readonly atMs: number
  readonly deployment: DeploymentStatus
}
