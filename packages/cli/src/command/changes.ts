import {
  type ComputeError,
  type Deployment,
  type DeploymentStatus,
  type Job,
  type JobStatus,
  type Plan,
  type PlannedStep,
  printDuration
} from "@orrery/core"
import { Effect, Option } from "effect"
import type { Backend } from "../backend/Backend.ts"
import type { Wanted } from "../input/readFiles.ts"
import { counted, priceChange } from "../output/words.ts"

/** What applying files comes to, before anything is done. */
export interface Changes {
  readonly clusters: ReadonlyArray<Plan>
  readonly deployments: ReadonlyArray<DeploymentChange>
  readonly jobs: ReadonlyArray<JobChange>
}

/** One deployment: new, to be changed, or as wanted already. */
export interface DeploymentChange {
  readonly action: "create" | "update" | "none"
  readonly wanted: Deployment
  readonly details: ReadonlyArray<string>
}

/** One job: to be submitted, or known already, in which case it is left as it is. */
export interface JobChange {
  readonly action: "submit" | "none"
  readonly wanted: Job
  readonly state: JobStatus["state"] | undefined
}

/** What there is, or nothing where there is no such thing; any other failure stays one. */
const ifThere = <A>(found: Effect.Effect<A, ComputeError>): Effect.Effect<Option.Option<A>, ComputeError> =>
  Effect.catchIf(
    Effect.asSome(found),
    ({ reason }) => reason._tag === "NotFound",
    () => Effect.succeedNone
  )

/** Looks at what there is and says what differs. Changes nothing. */
export const findChanges = Effect.fn("cli.findChanges")(function* (backend: Backend, wanted: Wanted) {
  const clusters = yield* Effect.forEach(wanted.clusters, (spec) =>
    Effect.flatMap(backend.clusters, ({ plan }) => plan(spec))
  )
  const deployments = yield* Effect.forEach(wanted.deployments, (deployment) =>
    Effect.flatMap(backend.containers, ({ getDeployment }) => ifThere(getDeployment(deployment))).pipe(
      Effect.map((found) => deploymentChange(deployment, Option.getOrUndefined(found)))
    )
  )
  const jobs = yield* Effect.forEach(wanted.jobs, (job) =>
    Effect.flatMap(backend.scheduler, ({ get }) => ifThere(get(job))).pipe(
      Effect.map(
        (found): JobChange => ({
          action: Option.isNone(found) ? "submit" : "none",
          wanted: job,
          state: Option.getOrUndefined(found)?.state
        })
      )
    )
  )
  return { clusters, deployments, jobs } satisfies Changes
})

const differs = (a: unknown, b: unknown): boolean => canonical(a) !== canonical(b)

/** JSON with keys in order, so that equal values are equal text. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part
  )

/** In whole seconds, as Kubernetes keeps it: what it rounded is no difference that an update could end. */
const deadlineOf = ({ progressDeadlineMs }: Deployment): string =>
  printDuration(Math.max(1, Math.ceil(progressDeadlineMs / 1_000)) * 1_000)

const deploymentChange = (wanted: Deployment, found: DeploymentStatus | undefined): DeploymentChange => {
  const images = (of: Deployment) => of.template.spec.containers.map(({ image }) => image).join(", ")
  if (found === undefined)
    return { action: "create", wanted, details: [`${counted(wanted.replicas, "replica")} of ${images(wanted)}`] }
  const { spec } = found
  const details = [
    ...(spec.replicas === wanted.replicas ? [] : [`replicas ${spec.replicas} -> ${wanted.replicas}`]),
    ...(images(spec) === images(wanted) ? [] : [`image ${images(spec)} -> ${images(wanted)}`]),
    ...(images(spec) === images(wanted) && differs(spec.template, wanted.template) ? ["its pods' description"] : []),
    ...(differs(spec.strategy, wanted.strategy) ? ["how it is updated"] : []),
    ...(deadlineOf(spec) === deadlineOf(wanted)
      ? []
      : [`progress deadline ${deadlineOf(spec)} -> ${deadlineOf(wanted)}`])
  ]
  return { action: details.length === 0 ? "none" : "update", wanted, details }
}

/** Whether there is anything to do. */
export const isEmpty = ({ clusters, deployments, jobs }: Changes): boolean =>
  clusters.every(({ steps }) => steps.length === 0) &&
  deployments.every(({ action }) => action === "none") &&
  jobs.every(({ action }) => action === "none")

const signs = {
  launch: "+",
  start: "+",
  createNetwork: "+",
  terminate: "-",
  removeNetwork: "-",
  removeGoal: "-"
} as const

const stepLine = ({ deltaMicroUsdPerHour, disruption, reason, step }: PlannedStep): string => {
  const sign = step.type in signs ? signs[step.type as keyof typeof signs] : "~"
  const subject = "machine" in step ? ` ${step.pool}/${step.machine}` : ""
  const price = deltaMicroUsdPerHour === 0 ? "" : `  ${priceChange(deltaMicroUsdPerHour)}`
  return `  ${sign} ${step.type}${subject}${price}  ${reason}${disruption === "none" ? "" : `; ${disruption}`}`
}

const clusterLines = ({ cluster, deltaMicroUsdPerHour, steps, unmet }: Plan): ReadonlyArray<string> => [
  steps.length === 0 && unmet.length === 0
    ? `= cluster/${cluster}  as wanted`
    : `~ cluster/${cluster}  ${counted(steps.length, "step")}, ${priceChange(deltaMicroUsdPerHour)}`,
  ...steps.map(stepLine),
  ...unmet.map((why) => `  ! ${why}`)
]

/** The changes as people read them, one thing a line, with what each costs and why it is there. */
export const printChanges = ({ clusters, deployments, jobs }: Changes): string => {
  const total = clusters.reduce((sum, plan) => sum + plan.deltaMicroUsdPerHour, 0)
  return [
    ...clusters.flatMap(clusterLines),
    ...deployments.map(({ action, details, wanted }) =>
      action === "none"
        ? `= deployment/${wanted.name}  as wanted`
        : `${action === "create" ? "+" : "~"} deployment/${wanted.name}  ${details.join("; ")}`
    ),
    ...jobs.map(({ state, wanted }) =>
      state === undefined
        ? `+ job/${wanted.name}  ${counted(wanted.completions, "task")}`
        : `= job/${wanted.name}  ${state}`
    ),
    ...(total === 0 ? [] : [`Cost: ${priceChange(total)}, about ${priceChange(total * 730).replace("/h", "")} a month`])
  ].join("\n")
}
