import { Schema } from "effect"
import { atLeastOne } from "../model/atLeastOne.ts"
import { AutoScaling, type ClusterUpdate, Logging } from "../model/ClusterSpec.ts"
import { Deployment, type DeploymentUpdate, Strategy } from "../model/Deployment.ts"
import { Labels } from "../model/Labels.ts"
import type { LogOptions } from "../model/Log.ts"
import { NodePool } from "../model/NodePool.ts"
import { PodTemplate } from "../model/Pod.ts"
import { Runtime } from "../model/Runtime.ts"
import { UpdatePolicy } from "../model/UpdatePolicy.ts"
import { ThingName } from "./ThingName.ts"

type Fields<T> = { readonly [K in keyof Required<T>]: Schema.Top }

/** Fields that may all be left out; a misspelt one is told, as ignoring it would do nothing. */
const anyOf = <T>(fields: Fields<T>) =>
  Schema.Struct(
    Object.fromEntries(Object.entries<Schema.Top>(fields).map(([name, field]) => [name, Schema.optional(field)]))
  )

/** What a deployment, a pod or a job is named by; it may say more of itself. */
export const RefShape = Schema.Struct({ name: ThingName, namespace: Schema.optional(ThingName) })

/** Where a list may be narrowed to one namespace or one cluster. */
export const OptionalName = Schema.optional(ThingName)

/** What may be changed of a deployment. */
export const DeploymentUpdateShape = anyOf<DeploymentUpdate>({
  replicas: Schema.Natural,
  strategy: Strategy,
  template: PodTemplate,
  progressDeadlineMs: Deployment.fields.progressDeadlineMs
})

/** What may be changed of a cluster. */
export const ClusterUpdateShape = anyOf<ClusterUpdate>({
  nodePools: Schema.Array(NodePool),
  autoScaling: AutoScaling,
  logging: Logging,
  update: UpdatePolicy,
  labels: Labels,
  runtime: Runtime
})

/** Which log lines are wanted. */
export const LogOptionsShape = Schema.optional(
  anyOf<LogOptions>({
    tail: Schema.Natural,
    follow: Schema.Boolean,
    sinceMs: Schema.Natural,
    previous: Schema.Boolean
  })
)

/** How a node is emptied. */
export const DrainOptionsShape = Schema.optional(
  anyOf<{ readonly deadlineMs?: number }>({ deadlineMs: Schema.Natural })
)

/** A program and its arguments. */
export const CommandShape = Schema.Array(Schema.String).check(atLeastOne("word"))

/** What a command reads. */
export const ExecOptionsShape = Schema.optional(anyOf<{ readonly stdin?: string }>({ stdin: Schema.String }))
