import { because, type Cluster, type ClusterSpec, Conflict, type Goal, type NodePool, printGoal } from "@orrery/core"
import { Effect, Stream } from "effect"
import { listNodes } from "../nodes/nodes.ts"
import { apply } from "../objects/apply.ts"
import { isMine, labelOf, mine } from "../objects/labels.ts"
import { destroy, find } from "../objects/stored.ts"
import type { WireObject } from "../objects/wire.ts"
import type { MachineMaker } from "./MachineMaker.ts"
import { goalAnnotation, objectName, poolCall, poolsOf, sizeOf } from "./pools.ts"

/** A cluster as its nodes show it, beside what is wanted of it. */
export const see = Effect.fnUntraced(function* (maker: MachineMaker, operation: string, goal: Goal) {
  const { spec } = goal
  const nodes = yield* Stream.runCollect(listNodes(spec.name, operation))
  const isMet = (pool: NodePool): boolean => {
    const ready = nodes.filter((node) => node.pool === pool.name && node.state === "ready").length
    return maker.sizesItself(pool) ? ready <= pool.maxSize : ready === sizeOf(goal, pool)
  }
  const seen: Cluster = { name: spec.name, spec, state: spec.nodePools.every(isMet) ? "ready" : "converging", nodes }
  return seen
})

/** Machines take minutes to go, and longer where they are emptied before. */
const removalMs = 600_000

/** Takes one pool away, and waits until its machines have gone. */
export const removePool = (maker: MachineMaker, operation: string, name: string, { update }: ClusterSpec) =>
  destroy(poolCall(maker, operation, name), {
    graceMs: update.drainTimeoutMs + removalMs,
    holders: Effect.succeed([]),
    companions: Effect.void
  })

const applyPool = Effect.fnUntraced(function* (maker: MachineMaker, operation: string, goal: Goal, pool: NodePool) {
  const { spec } = goal
  const name = objectName(spec.name, pool.name)
  const call = poolCall(maker, operation, name)
  const found = yield* find<WireObject>(call)
  if (found !== undefined && !isMine(found))
    return yield* because(
      new Conflict({ backend: "kubernetes", operation, kind: maker.kind, name, detail: "somebody else made it" })
    )
  const nodeLabels = { [labelOf.cluster]: spec.name, [labelOf.pool]: pool.name }
  const labels = { [mine.key]: mine.value, ...nodeLabels }
  const annotations = { [goalAnnotation]: printGoal(goal) }
  const body = maker.manifest({ spec, pool, size: sizeOf(goal, pool), name, labels, nodeLabels, annotations })
  yield* apply({ ...call, body })
})

/** Makes the pools what the goal says, then takes away those it does not name. Any step may be the last of a run. */
export const converge = Effect.fnUntraced(function* (maker: MachineMaker, operation: string, goal: Goal) {
  const { spec } = goal
  const there = yield* poolsOf(maker, operation, spec.name)
  for (const pool of spec.nodePools) yield* applyPool(maker, operation, goal, pool)
  const wanted = new Set(spec.nodePools.map(({ name }) => objectName(spec.name, name)))
  const strangers = there.map(({ metadata }) => metadata?.name ?? "").filter((name) => !wanted.has(name))
  for (const name of strangers) yield* removePool(maker, operation, name, spec)
  return yield* see(maker, operation, goal)
})
