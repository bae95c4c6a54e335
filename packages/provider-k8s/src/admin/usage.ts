import { because, type ComputeError, none, plus, type Resources, Unsupported } from "@orrery/core"
import { Effect, Stream } from "effect"
import { list } from "../objects/list.ts"
import { nodeMetricsPath, podMetricsPath } from "../objects/paths.ts"
import { timeMs, type WireObject } from "../objects/wire.ts"
import { fromQuantities } from "../translate/quantity.ts"

/** When something was measured, and over how long before. */
interface Measured {
  readonly atMs: number
  readonly windowMs: number
}

/** What one node used. */
export interface NodeUsage extends Measured {
  readonly name: string
  readonly used: Resources
}

/** What one pod used, and each of its containers. */
export interface PodUsage extends Measured {
  readonly namespace: string
  readonly name: string
  readonly used: Resources
  readonly containers: ReadonlyArray<{ readonly name: string; readonly used: Resources }>
}

type Quantities = Readonly<Record<string, string>>

interface WireMeasured extends WireObject {
  readonly timestamp?: string
  /** A duration as Go writes it. */
  readonly window?: string
}

interface WireNodeMetrics extends WireMeasured {
  readonly usage?: Quantities
}

interface WirePodMetrics extends WireMeasured {
  readonly containers?: ReadonlyArray<{ readonly name: string; readonly usage?: Quantities }>
}

const msPer: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000_001
}

/** A duration as Go writes it, `1m0.5s`, in whole milliseconds. */
export const goDurationMs = (written: string): number =>
  Math.round(
    [...written.matchAll(/([\d.]+)(h|ms|us|µs|ns|m|s)/g)].reduce(
      (sum, [, amount, unit]) => sum + Number(amount) * (msPer[unit ?? ""] ?? 0),
      0
    )
  )

const measured = ({ timestamp, window = "" }: WireMeasured): Measured => ({
  atMs: timeMs(timestamp),
  windowMs: goDurationMs(window)
})

const noMetrics = (operation: string): ComputeError =>
  because(
    new Unsupported({
      backend: "kubernetes",
      operation,
      feature: "usage",
      why: "this cluster has no metrics server (metrics.k8s.io): its keeper can install one"
    })
  )

/** A cluster without the API says that there is no such thing; one whose metrics server is down, that it is not available. */
const elseNoMetrics = <A, R>(operation: string, reading: Effect.Effect<A, ComputeError, R>) =>
  Effect.catchIf(
    reading,
    ({ reason }) => reason._tag === "NotFound",
    () => noMetrics(operation)
  )

/** What each node used of late. A node that was not measured yet is not in it. */
export const nodeUsage = elseNoMetrics(
  "nodeUsage",
  Stream.runCollect(
    list<WireNodeMetrics>({ operation: "nodeUsage", kind: "measurement", name: "nodes", path: nodeMetricsPath() }).pipe(
      Stream.map(
        (one): NodeUsage => ({ name: one.metadata?.name ?? "", used: fromQuantities(one.usage), ...measured(one) })
      )
    )
  )
).pipe(Effect.withSpan("kubernetes.nodeUsage"))

const toPodUsage = (one: WirePodMetrics): PodUsage => {
  const containers = (one.containers ?? []).map(({ name, usage }) => ({ name, used: fromQuantities(usage) }))
  return {
    namespace: one.metadata?.namespace ?? "",
    name: one.metadata?.name ?? "",
    used: containers.reduce((sum, { used }) => plus(sum, used), none),
    containers,
    ...measured(one)
  }
}

/** What each pod of one namespace, or of all, used of late. */
export const podUsage = Effect.fn("kubernetes.podUsage")((namespace?: string) =>
  elseNoMetrics(
    "podUsage",
    Stream.runCollect(
      list<WirePodMetrics>({
        operation: "podUsage",
        kind: "measurement",
        name: "pods",
        path: podMetricsPath(namespace)
      }).pipe(Stream.map(toPodUsage))
    )
  )
)
