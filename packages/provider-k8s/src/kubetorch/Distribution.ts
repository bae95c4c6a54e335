import type { Problem } from "@orrery/core"
import { complaint } from "./complaint.ts"
import type { Json, JsonObject } from "./Json.ts"

/** How processes on many pods find each other. */
export const frameworks = ["spmd", "pytorch", "ray", "monarch", "jax", "tensorflow"] as const
/** One of the frameworks. */
export type Framework = (typeof frameworks)[number]

/** One program on many pods. */
export interface Distribution {
  readonly framework: Framework
  readonly workers: number
  /** Seconds until all workers must have come. */
  readonly quorumTimeout?: number
  /** How many are enough to start. */
  readonly quorumWorkers?: number
  readonly monitorMembers?: boolean
  /** What only this framework knows, such as processes per pod. */
  readonly distributionArgs?: JsonObject
}

/** What `distribute` takes. */
export type DistributeOptions = Partial<Distribution>

/** The same with what holds where nothing is said: one worker, of the plain kind. */
export const distributionOf = (options: DistributeOptions): Distribution => ({
  framework: "spmd",
  workers: 1,
  ...options
})

/** Everything wrong with a distribution. */
export const distributionProblems = (distribution: Distribution): ReadonlyArray<Problem> => {
  const { framework, quorumTimeout, quorumWorkers, workers } = distribution
  const wrong = (name: string, message: string, remedy: string): Problem =>
    complaint(`distribution.${name}`, message, remedy)
  return [
    ...(frameworks.includes(framework)
      ? []
      : [wrong("framework", `${JSON.stringify(framework)} is no framework`, `use one of ${frameworks.join(", ")}`)]),
    ...(Number.isSafeInteger(workers) && workers >= 1
      ? []
      : [wrong("workers", `${workers} is no number of workers`, "write a whole number from 1")]),
    ...(quorumTimeout === undefined || quorumTimeout > 0
      ? []
      : [wrong("quorumTimeout", `${quorumTimeout} seconds is no time to wait`, "write seconds above 0")]),
    ...(quorumWorkers === undefined ||
    (Number.isSafeInteger(quorumWorkers) && quorumWorkers >= 1 && quorumWorkers <= workers)
      ? []
      : [wrong("quorumWorkers", `${quorumWorkers} of ${workers} workers cannot come`, `write 1 to ${workers}`)])
  ]
}

/** The variable by which the server in a pod learns of the distribution. */
export const distributionVariable = "KT_DISTRIBUTED_CONFIG"

/** A distribution as the server reads it. */
export const distributionText = (distribution: Distribution): string => {
  const { distributionArgs, framework, monitorMembers, quorumTimeout, quorumWorkers, workers } = distribution
  return JSON.stringify({
    ...distributionArgs,
    distribution_type: framework,
    workers,
    quorum_timeout: quorumTimeout,
    quorum_workers: quorumWorkers,
    monitor_members: monitorMembers
  })
}

/** The other way about; undefined where the text is no distribution. */
export const distributionIn = (text: string): JsonObject | undefined => {
  try {
    const value = JSON.parse(text) as Json
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}
