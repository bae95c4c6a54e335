import { Schema } from "effect"
import { CronText } from "./Cron.ts"
import { DurationMs } from "./Duration.ts"
import { defaultTo } from "./defaultTo.ts"
import { inFile } from "./inFile.ts"
import { NonEmptyText } from "./NonEmptyText.ts"
import { parsed } from "./parsed.ts"
import { parseQuantity } from "./Quantity.ts"

const Percent = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))

/** A share of one in thousandths; written `0.1`. */
const ShareMilli = parsed(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 })), {
  name: "share",
  allowed: "a share between 0 and 1 such as 0.1",
  parse: (written) => parseQuantity(written, 1000),
  print: (milli) => milli / 1000
})

/** From which use on, over which span of time, a resource is worth acting on. */
export const OptimizationTarget = Schema.Struct({
  type: Schema.Literals(["cpu", "memory"]),
  /** Percent. */
  threshold: Percent,
  windowMs: inFile("window", DurationMs.pipe(defaultTo("15m")))
})
export type OptimizationTarget = typeof OptimizationTarget.Type

/** What may be done about it, and how much of it at once. */
export const OptimizationRule = Schema.Union([
  Schema.Struct({
    name: NonEmptyText,
    action: Schema.Literal("adjust_resources"),
    minAdjustmentMilli: inFile("min_adjustment", ShareMilli.pipe(defaultTo(0.1))),
    maxAdjustmentMilli: inFile("max_adjustment", ShareMilli.pipe(defaultTo(0.5))),
    cooldownMs: inFile("cooldown", DurationMs.pipe(defaultTo("24h")))
  }),
  Schema.Struct({
    name: NonEmptyText,
    action: Schema.Literal("rebalance_nodes"),
    thresholdMilli: inFile("threshold", ShareMilli.pipe(defaultTo(0.2))),
    podsMovedMax: inFile("max_pods_to_move", Schema.Natural.pipe(defaultTo(5)))
  })
])
export type OptimizationRule = typeof OptimizationRule.Type

/** What to watch, and what may be changed about it, how often. */
export const Optimization = Schema.Struct({
  enabled: Schema.Boolean.pipe(defaultTo(true)),
  targets: Schema.Array(OptimizationTarget).pipe(defaultTo([])),
  rules: Schema.Array(OptimizationRule).pipe(defaultTo([])),
  schedule: CronText.pipe(defaultTo("0 * * * *"))
})
export type Optimization = typeof Optimization.Type
