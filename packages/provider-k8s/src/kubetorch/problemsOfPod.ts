import { LabelKey, LabelValue, type Problem, parseImageName } from "@orrery/core"
import { Result, Schema } from "effect"
import type { ComputeOptions } from "./ComputeOptions.ts"

/** One thing wrong, where, and what to do about it. */
export const problem = (path: string, message: string, remedy: string): Problem => ({ path, message, remedy })

const isKey = Schema.is(LabelKey)
const isValue = Schema.is(LabelValue)

/** What no registry could have been asked for. */
export const ofImage = ({ image }: ComputeOptions): ReadonlyArray<Problem> => {
  const reference = typeof image === "string" ? image : image?.reference
  if (reference === undefined) return []
  const parsed = parseImageName(reference)
  return Result.isFailure(parsed) ? [problem("image", parsed.failure, "write registry/name:tag")] : []
}

/** Variables by which the server in the pod is told what was asked for here. */
const serverVariables: ReadonlyArray<string> = [
  "KT_ALLOWED_SERIALIZATION",
  "KT_DISTRIBUTED_CONFIG",
  "KT_FREEZE",
  "KT_INACTIVITY_TTL",
  "KT_LOG_LEVEL",
  "KT_LOG_STREAMING_ENABLED"
]

/** Variables that would be there twice, which an API server refuses. */
export const ofTwice = ({ envVars = {}, secrets = [] }: ComputeOptions): ReadonlyArray<Problem> => {
  const fromSecrets = secrets.flatMap((secret) => (typeof secret === "string" ? [] : (secret.env ?? [])))
  return Object.keys(envVars).flatMap((name) => [
    ...(serverVariables.includes(name)
      ? [problem(`envVars.${name}`, "the server is told this by a setting", "use the setting of this name")]
      : []),
    ...(fromSecrets.includes(name)
      ? [problem(`envVars.${name}`, "a secret sets it too", "leave it out here, or in the secret's env")]
      : [])
  ])
}

/** Labels, selectors and variables that Kubernetes would refuse or read otherwise than they are meant. */
export const ofNames = ({ envVars = {}, labels = {}, nodeSelector = {} }: ComputeOptions): ReadonlyArray<Problem> => [
  ...Object.entries({ labels, nodeSelector }).flatMap(([path, pairs]) =>
    Object.entries(pairs)
      .filter(([key, value]) => !isKey(key) || !isValue(value))
      .map(([key]) =>
        problem(`${path}.${key}`, "Kubernetes takes no such label", "write text of letters, digits, '-', '_' and '.'")
      )
  ),
  ...Object.keys(labels)
    .filter((key) => key.startsWith("kubetorch.com/"))
    .map((key) => problem(`labels.${key}`, "this label finds the service's pods", "use a label of your own")),
  ...Object.keys(envVars)
    .filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map((name) => problem(`envVars.${name}`, "no shell takes this name", "write letters, digits and '_'"))
]

/** Tolerations that an API server refuses, by its own rules. */
export const ofTolerations = ({ tolerations = [] }: ComputeOptions): ReadonlyArray<Problem> =>
  tolerations.flatMap(({ effect, key, operator, tolerationSeconds, value }, index) => [
    ...(operator === "Exists" && value !== undefined && value !== ""
      ? [problem(`tolerations.${index}.value`, "Exists takes any value", "leave it out, or use Equal")]
      : []),
    ...(key === undefined && operator !== "Exists"
      ? [problem(`tolerations.${index}.key`, "without a key only Exists is taken", "give a key")]
      : []),
    ...(effect !== undefined && !["NoSchedule", "PreferNoSchedule", "NoExecute"].includes(effect)
      ? [problem(`tolerations.${index}.effect`, `${JSON.stringify(effect)} is no effect`, "write NoSchedule")]
      : []),
    ...(tolerationSeconds !== undefined && effect !== "NoExecute"
      ? [problem(`tolerations.${index}.tolerationSeconds`, "only NoExecute has an end", "set effect to NoExecute")]
      : [])
  ])

/** Queues, counts and times that cannot be. */
export const ofScheduling = (options: ComputeOptions): ReadonlyArray<Problem> => {
  const { distribute, launchTimeoutSeconds: launch, queue, queueName, replicas } = options
  const count = (path: string, value: number | undefined, least: number): ReadonlyArray<Problem> =>
    value === undefined || (Number.isSafeInteger(value) && value >= least)
      ? []
      : [problem(path, `${value} is no whole number from ${least}`, `write a whole number from ${least}`)]
  return [
    ...count("replicas", replicas, 0),
    ...count("launchTimeoutSeconds", launch, 1),
    ...count("distribute.workers", distribute?.workers, 1),
    ...count("distribute.quorumWorkers", distribute?.quorumWorkers, 1),
    ...(distribute?.quorumWorkers !== undefined && distribute.quorumWorkers > distribute.workers
      ? [problem("distribute.quorumWorkers", "more than there are workers", "ask for as many workers, or for less")]
      : []),
    ...(queue !== undefined && queueName !== undefined
      ? [problem("queueName", "KAI and Kueue would both hold the pods", "leave out queue or queueName")]
      : [])
  ]
}
