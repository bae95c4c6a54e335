import { Result, Schema } from "effect"
import { HealthCheck, Port, ResourceRequirements } from "../Container.ts"
import { Deployment, Strategy } from "../Deployment.ts"
import { DurationMs } from "../Duration.ts"
import { defaultTo } from "../defaultTo.ts"
import { Image } from "../ImageName.ts"
import { inFile } from "../inFile.ts"
import { Job, waitsForOthers } from "../Job.ts"
import { Labels } from "../Labels.ts"
import { Name } from "../Name.ts"
import { NonEmptyText } from "../NonEmptyText.ts"
import { Toleration } from "../Taint.ts"

/** The one container of a short deployment or job. */
const container = {
  image: Image,
  command: Schema.optionalKey(Schema.Array(Schema.String)),
  args: Schema.optionalKey(Schema.Array(Schema.String)),
  resources: ResourceRequirements.pipe(defaultTo({})),
  environment: Schema.Record(Schema.String, Schema.String).pipe(defaultTo({})),
  labels: Labels.pipe(defaultTo({})),
  nodeSelector: Labels.pipe(defaultTo({})),
  tolerations: Schema.Array(Toleration).pipe(defaultTo([])),
  priority: Schema.Int.pipe(defaultTo(0))
}

/** A deployment of one container, as briefly as it can be said. */
export const ShortDeployment = Schema.Struct({
  name: Name,
  namespace: Deployment.fields.namespace,
  replicas: Deployment.fields.replicas,
  strategy: Strategy.pipe(defaultTo({ type: "RollingUpdate" })),
  progressDeadlineMs: Deployment.fields.progressDeadlineMs,
  ...container,
  port: Schema.optionalKey(Port.fields.containerPort),
  healthCheck: Schema.optionalKey(HealthCheck)
})
export type ShortDeployment = typeof ShortDeployment.Type

/** A job of one container, as briefly as it can be said. */
export const ShortJob = Schema.Struct({
  name: Name,
  namespace: Job.fields.namespace,
  completions: Job.fields.completions,
  parallelism: Job.fields.parallelism,
  retries: Job.fields.retries,
  deadlineMs: Schema.optionalKey(inFile("deadline", DurationMs)),
  ttlAfterEndMs: Job.fields.ttlAfterEndMs,
  after: Job.fields.after,
  queue: Schema.optionalKey(NonEmptyText),
  held: Job.fields.held,
  ...container
}).check(waitsForOthers)
export type ShortJob = typeof ShortJob.Type

const podOf = (short: ShortDeployment | ShortJob): typeof Job.Encoded.pod => ({
  containers: [
    {
      name: short.name,
      image: short.image,
      ...(short.command === undefined ? {} : { command: short.command }),
      ...(short.args === undefined ? {} : { args: short.args }),
      environment: Object.entries(short.environment).map(([name, value]) => ({ name, value }))
    }
  ],
  nodeSelector: short.nodeSelector,
  priority: short.priority
})

const decodeDeployment = Schema.decodeResult(Deployment)
const decodeJob = Schema.decodeResult(Job)

/** The full deployment behind a short one: labelled and selected by its name. */
export const fullDeployment = (short: ShortDeployment): Deployment => {
  const full = Result.getOrThrow(
    decodeDeployment({
      name: short.name,
      replicas: short.replicas,
      selector: { matchLabels: { app: short.name } },
      template: { labels: { ...short.labels, app: short.name }, spec: podOf(short) }
    })
  )
  const { healthCheck, namespace, port, progressDeadlineMs, strategy } = short
  return {
    ...full,
    ...(namespace === undefined ? {} : { namespace }),
    strategy,
    progressDeadlineMs,
    template: {
      ...full.template,
      spec: {
        ...full.template.spec,
        tolerations: short.tolerations,
        containers: full.template.spec.containers.map((one) => ({
          ...one,
          resources: short.resources,
          ports: port === undefined ? [] : [{ containerPort: port, protocol: "TCP" as const }],
          ...(healthCheck === undefined ? {} : { healthCheck })
        }))
      }
    }
  }
}

/** The full job behind a short one. */
export const fullJob = (short: ShortJob): Job => {
  const { after, completions, deadlineMs, held, labels, name, namespace, parallelism, queue, retries, ttlAfterEndMs } =
    short
  const { pod } = Result.getOrThrow(decodeJob({ name, pod: podOf(short) }))
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels,
    completions,
    parallelism,
    retries,
    held,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(ttlAfterEndMs === undefined ? {} : { ttlAfterEndMs }),
    ...(after === undefined ? {} : { after }),
    ...(queue === undefined ? {} : { queue }),
    pod: {
      ...pod,
      tolerations: short.tolerations,
      containers: pod.containers.map((one) => ({ ...one, resources: short.resources }))
    }
  }
}
