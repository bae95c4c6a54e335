import { Result, Schema } from "effect"
import { DurationMs } from "./Duration.ts"
import { defaultTo } from "./defaultTo.ts"
import { inFile } from "./inFile.ts"
import { parsed } from "./parsed.ts"

const text = /^(\d{1,6})(%?)$/

/** A number of things, or a share of them such as `25%`. */
export const CountOrPercent = parsed(Schema.String, {
  name: "count or percent",
  allowed: "a whole number such as 1, or a share such as 25%",
  parse: (written) =>
    text.test(String(written).trim())
      ? Result.succeed(String(written).trim())
      : Result.fail(`${JSON.stringify(written)} is neither a whole number nor a percentage`),
  print: (value) => (value.endsWith("%") ? value : Number(value))
})
export type CountOrPercent = typeof CountOrPercent.Type

/** How many of `total` that is. Shares round up for surge and down for what may be missing, as Kubernetes does. */
export const countOf = (value: CountOrPercent, total: number, round: "up" | "down"): number => {
  const [, digits = "0", percent = ""] = text.exec(value) ?? []
  if (percent === "") return Number(digits)
  const hundredths = Number(digits) * total
  return round === "up" ? Math.ceil(hundredths / 100) : Math.floor(hundredths / 100)
}

/** How the machines of a cluster are replaced when their description changes. */
export const UpdatePolicy = Schema.Struct({
  maxUnavailable: CountOrPercent.pipe(defaultTo(1)),
  maxSurge: CountOrPercent.pipe(defaultTo(1)),
  /** How long a node may take to empty, all in all. */
  drainTimeoutMs: inFile("drain_timeout", DurationMs.pipe(defaultTo("5m"))),
  /** How long one pod may take to leave. */
  podEvictionTimeoutMs: inFile("pod_eviction_timeout", DurationMs.pipe(defaultTo("2m"))),
  /** How long a drained node waits before it goes. */
  nodeDrainGracePeriodMs: inFile("node_drain_grace_period", DurationMs.pipe(defaultTo("0s")))
}).check(
  Schema.makeFilter((policy) => [
    ...(/^0+%?$/.test(policy.maxUnavailable) && /^0+%?$/.test(policy.maxSurge)
      ? [
          {
            path: ["maxSurge"],
            issue: "max_surge and max_unavailable are both zero, so nothing could ever be replaced"
          }
        ]
      : []),
    ...(policy.podEvictionTimeoutMs > policy.drainTimeoutMs
      ? [{ path: ["podEvictionTimeoutMs"], issue: "pod_eviction_timeout is longer than drain_timeout" }]
      : [])
  ])
)
export type UpdatePolicy = typeof UpdatePolicy.Type

/** The policy of a cluster that names none. */
export const defaultUpdatePolicy: UpdatePolicy = Schema.decodeSync(UpdatePolicy)({})
