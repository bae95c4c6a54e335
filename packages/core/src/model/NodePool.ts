import { Schema } from "effect"
import { atLeastOne } from "./atLeastOne.ts"
import { defaultTo } from "./defaultTo.ts"
import { InstanceTypeText } from "./InstanceType.ts"
import { inFile } from "./inFile.ts"
import { Labels } from "./Labels.ts"
import { MicroUsd } from "./Money.ts"
import { Name } from "./Name.ts"
import { NonEmptyText } from "./NonEmptyText.ts"
import { orOne } from "./orOne.ts"
import { Bytes } from "./Quantity.ts"
import { Taint } from "./Taint.ts"

/** Nodes per pool that any backend is asked for at most; a limit on everything. */
export const poolSizeMax = 100_000
const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: poolSizeMax }))

/** Whether a pool's machines may be spot machines, and up to which price. */
export const Spot = Schema.Struct({
  enabled: Schema.Boolean.pipe(defaultTo(true)),
  /** Highest price a machine and hour; left out, the on-demand price. */
  maxMicroUsdPerHour: Schema.optionalKey(inFile("max_price", MicroUsd)),
  /** At most so many percent of the pool's machines are spot machines, the rest at full price; left out, all may be. */
  sharePercent: Schema.optionalKey(inFile("share", Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 }))))
})
export type Spot = typeof Spot.Type

/** Equal machines that grow and shrink together. */
export const NodePool = Schema.Struct({
  name: Name,
  /** The first that can be had is taken; `instance_type` names just one. */
  instanceTypes: orOne("instance_type", Schema.Array(InstanceTypeText).check(atLeastOne("instance type"))),
  minSize: Count,
  maxSize: Count,
  labels: Labels.pipe(defaultTo({})),
  taints: Schema.Array(Taint).pipe(defaultTo([])),
  spot: Schema.optionalKey(Spot),
  zones: Schema.Array(NonEmptyText).pipe(defaultTo([])),
  diskBytes: Schema.optionalKey(inFile("disk", Bytes)),
  image: Schema.optionalKey(NonEmptyText)
}).check(
  Schema.makeFilter(({ maxSize, minSize }) =>
    minSize <= maxSize ? undefined : { path: ["minSize"], issue: `min_size ${minSize} is above max_size ${maxSize}` }
  )
)
export type NodePool = typeof NodePool.Type
