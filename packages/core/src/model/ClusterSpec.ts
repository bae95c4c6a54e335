import { Schema } from "effect"
import { atLeastOne } from "./atLeastOne.ts"
import { DurationMs } from "./Duration.ts"
import { defaultTo } from "./defaultTo.ts"
import { distinct } from "./distinct.ts"
import { inFile } from "./inFile.ts"
import { Labels } from "./Labels.ts"
import { Name } from "./Name.ts"
import { NodePool } from "./NodePool.ts"
import { NonEmptyText } from "./NonEmptyText.ts"
import { Runtime } from "./Runtime.ts"
import { UpdatePolicy } from "./UpdatePolicy.ts"

/** The backends a cluster can be asked of. */
export const Provider = Schema.Literals(["aws", "kubernetes", "htcondor", "sim"])
export type Provider = typeof Provider.Type

/** Where a cluster's machines are attached. What is left out is the backend's default. */
export const Network = Schema.Struct({
  vpc: Schema.optionalKey(NonEmptyText),
  subnets: Schema.Array(NonEmptyText).pipe(defaultTo([])),
  securityGroups: Schema.Array(NonEmptyText).pipe(defaultTo([]))
})
export type Network = typeof Network.Type

/** Bounds and aim of the number of nodes over all pools. */
export const AutoScaling = Schema.Struct({
  enabled: Schema.Boolean.pipe(defaultTo(true)),
  minNodes: Schema.optionalKey(Schema.Natural),
  maxNodes: Schema.optionalKey(Schema.Natural),
  /** Percent of the requested CPU over the CPU there is. */
  targetCpuUtilization: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 })).pipe(defaultTo(70)),
  /** How long nodes must have been too many before one goes. */
  scaleDownDelayMs: inFile("scale_down_delay", DurationMs.pipe(defaultTo("10m")))
}).check(
  Schema.makeFilter(({ maxNodes, minNodes }) =>
    minNodes !== undefined && maxNodes !== undefined && minNodes > maxNodes
      ? { path: ["minNodes"], issue: `min_nodes ${minNodes} is above max_nodes ${maxNodes}` }
      : undefined
  )
)
export type AutoScaling = typeof AutoScaling.Type

/** Where a cluster's logs go. */
export const LogDestination = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("cloudwatch"),
    group: NonEmptyText,
    retentionDays: Schema.optionalKey(Schema.Natural)
  }),
  Schema.Struct({ type: Schema.Literal("file"), path: NonEmptyText }),
  Schema.Struct({ type: Schema.Literal("stdout") })
])
export type LogDestination = typeof LogDestination.Type

/** What a cluster logs, and where to. */
export const Logging = Schema.Struct({
  level: Schema.Literals(["debug", "info", "warn", "error"]).pipe(defaultTo("info")),
  destinations: Schema.Array(LogDestination).pipe(defaultTo([]))
})
export type Logging = typeof Logging.Type

/** What a person wants of one cluster. */
export const ClusterSpec = Schema.Struct({
  name: Name,
  provider: Provider,
  region: Schema.optionalKey(NonEmptyText),
  network: Network.pipe(defaultTo({})),
  nodePools: Schema.Array(NodePool).check(atLeastOne("node pool"), distinct("pool")),
  autoScaling: Schema.optionalKey(AutoScaling),
  logging: Schema.optionalKey(Logging),
  update: UpdatePolicy.pipe(defaultTo({})),
  labels: Labels.pipe(defaultTo({})),
  /** What its machines run containers with; left out, what their image has. */
  runtime: Schema.optionalKey(Runtime),
  /** Machines end by themselves when nobody has renewed their lease for so long. */
  leaseMs: Schema.optionalKey(inFile("lease", DurationMs))
}).check(
  Schema.makeFilter(({ autoScaling, nodePools }) => {
    const least = nodePools.reduce((sum, pool) => sum + pool.minSize, 0)
    const most = nodePools.reduce((sum, pool) => sum + pool.maxSize, 0)
    const { maxNodes, minNodes } = autoScaling ?? {}
    return [
      ...(maxNodes !== undefined && maxNodes < least
        ? [
            {
              path: ["autoScaling", "maxNodes"],
              issue: `max_nodes ${maxNodes} is below the pools' min_size together, ${least}`
            }
          ]
        : []),
      ...(minNodes !== undefined && minNodes > most
        ? [
            {
              path: ["autoScaling", "minNodes"],
              issue: `min_nodes ${minNodes} is above the pools' max_size together, ${most}`
            }
          ]
        : [])
    ]
  })
)
export type ClusterSpec = typeof ClusterSpec.Type

/** A change to a cluster: what is given replaces what was; pools are matched by name. */
export interface ClusterUpdate {
  readonly nodePools?: ReadonlyArray<NodePool>
  readonly autoScaling?: AutoScaling
  readonly logging?: Logging
  readonly update?: UpdatePolicy
  readonly labels?: Labels
  readonly runtime?: Runtime
}
