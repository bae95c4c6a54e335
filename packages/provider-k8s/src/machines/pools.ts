import { because, type ComputeError, type Goal, type NodePool, NotFound, parseGoal, Unsupported } from "@orrery/core"
import { Effect, Result, Stream } from "effect"
import type { Call } from "../Client.ts"
import { labelOf, mine, selectorText } from "../objects/labels.ts"
import { list } from "../objects/list.ts"
import type { WireObject } from "../objects/wire.ts"
import type { MachineMaker } from "./MachineMaker.ts"

/** Beside each pool lies what is wanted of the whole cluster, so that any of them tells it. */
export const goalAnnotation = "orrery/goal"

/** What a cluster's pool is called among all pools. */
export const objectName = (cluster: string, pool: string): string => `${cluster}-${pool}`

/** The number of machines a pool should have. */
export const sizeOf = ({ sizes }: Goal, { maxSize, minSize, name }: NodePool): number =>
  Math.min(maxSize, Math.max(minSize, sizes[name] ?? minSize))

/** A call about one pool. */
export const poolCall = ({ kind, path }: MachineMaker, operation: string, name: string): Call => ({
  operation,
  kind,
  name,
  path: path(name)
})

/** An API server that was never told of these kinds has nobody who makes machines. */
const notInstalled = ({ kind, title }: MachineMaker, operation: string): ComputeError => {
  const why = `this API server knows no ${kind}: ${title} is not installed`
  return because(new Unsupported({ backend: "kubernetes", operation, feature: "clusters", why }))
}

/** Our pools, of one cluster or of all. */
export const poolsOf = (maker: MachineMaker, operation: string, cluster?: string) => {
  const marks = { [mine.key]: mine.value, ...(cluster === undefined ? {} : { [labelOf.cluster]: cluster }) }
  const query = { labelSelector: selectorText(marks) }
  return Effect.catchIf(
    Stream.runCollect(
      list<WireObject>({ operation, kind: maker.kind, name: cluster ?? "", path: maker.path(), query })
    ),
    ({ reason }) => reason._tag === "NotFound" && reason.kind === maker.kind,
    () => notInstalled(maker, operation)
  )
}

/** What was wanted last, as the pools tell it. A run that was cut off leaves some that tell less. */
export const goalOf = (pools: ReadonlyArray<WireObject>): Goal | undefined =>
  pools
    .flatMap(({ metadata }) => {
      const goal = parseGoal(metadata?.annotations?.[goalAnnotation] ?? "")
      return Result.isSuccess(goal) ? [goal.success] : []
    })
    .toSorted((a, b) => b.generation - a.generation)[0]

/** What is wanted of a cluster that is there. */
export const readGoal = Effect.fnUntraced(function* (maker: MachineMaker, operation: string, name: string) {
  const goal = goalOf(yield* poolsOf(maker, operation, name))
  return goal ?? (yield* because(new NotFound({ backend: "kubernetes", operation, kind: "cluster", name })))
})
