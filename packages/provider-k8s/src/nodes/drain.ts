import { because, type ComputeError, TimedOut } from "@orrery/core"
import { Effect, Queue, Semaphore, Stream } from "effect"
import type { Call, Client } from "../Client.ts"
import { list } from "../objects/list.ts"
import { podsPath } from "../objects/paths.ts"
import { waitUntil } from "../objects/waitUntil.ts"
import { type Change, watch } from "../objects/watch.ts"
import type { WirePod } from "../objects/wire.ts"
import type { DrainOptions, DrainProgress } from "./DrainOptions.ts"
import { evict } from "./evict.ts"
import { nameOf, refusalOf, stays } from "./leavers.ts"
import { setSchedulable } from "./nodes.ts"

const podsOn = (node: string): Call => ({
  operation: "nodes.drain",
  kind: "node",
  name: node,
  path: podsPath(undefined),
  query: { fieldSelector: `spec.nodeName=${node}` }
})

/** Pods that are asked to leave at the same time; those that wait for a budget do not count. */
const askedMax = 20
/** How often a pod that a budget keeps is asked again. */
const paceMs = 500
const deadlineUsualMs = 5 * 60_000

/** Fails where one of them must not be lost. */
const checked = (pods: ReadonlyArray<WirePod>, options: DrainOptions): Effect.Effect<void, ComputeError> => {
  const refused = refusalOf(pods, options)
  return refused === undefined ? Effect.void : Effect.fail(refused)
}

type Tell = (pod: WirePod, now: Omit<DrainProgress, "pod" | "left">) => Effect.Effect<unknown>

/** One node while it is emptied: those that were there once nobody new was let on, until they are gone. */
const emptying = (options: DrainOptions, tell: (progress: DrainProgress) => Effect.Effect<unknown>) => {
  const here = new Map<string, WirePod>()
  const asking = Semaphore.makeUnsafe(askedMax)
  let synced = false
  const told: Tell = (pod, now) => Effect.suspend(() => tell({ pod: nameOf(pod), ...now, left: here.size }))

  /** Asks for a pod to leave until its budgets let it go. */
  const leave = (uid: string, pod: WirePod): Effect.Effect<void, ComputeError, Client> => {
    let kept: string | undefined
    const ask = Effect.gen(function* () {
      if (!here.has(uid)) return true
      const why = yield* asking.withPermit(evict(pod, options))
      const isNew = why !== undefined && why !== kept
      kept = why
      if (isNew) yield* told(pod, { state: "blocked", why })
      return why === undefined
    })
    const leaving = Effect.suspend(() => (here.has(uid) ? told(pod, { state: "leaving" }) : Effect.void))
    return Effect.andThen(waitUntil(ask, Number.POSITIVE_INFINITY, paceMs), leaving)
  }

  return {
    left: () => [...here.values()].map(nameOf),
    isOver: () => synced && here.size === 0,
    take: (change: Change<WirePod>): Effect.Effect<unknown, ComputeError, Client> => {
      if (change.type === "Synced") {
        synced = true
        const leaves = Effect.forEach(here, ([uid, pod]) => leave(uid, pod), {
          concurrency: "unbounded",
          discard: true
        })
        return Effect.andThen(checked([...here.values()], options), leaves)
      }
      const uid = change.object.metadata?.uid ?? ""
      if (change.type === "Gone") return here.delete(uid) ? told(change.object, { state: "gone" }) : Effect.void
      // whoever comes later was let on although the node is closed, and would come again
      if (!synced && !stays(change.object)) here.set(uid, change.object)
      return Effect.void
    }
  }
}

const tooLate = (name: string, left: ReadonlyArray<string>, afterMs: number) => {
  const detail = `the end of ${left.length} pods on ${name} (${left.join(", ")})`
  return because(new TimedOut({ backend: "kubernetes", operation: "nodes.drain", detail, afterMs }))
}

/** Cordons a node and moves its pods away, telling what becomes of each. Refuses, before anything moves, what must not be lost. */
export const drainSteps = (name: string, options: DrainOptions = {}) =>
  Stream.callback<DrainProgress, ComputeError, Client>((queue) =>
    Effect.gen(function* () {
      const there = yield* Stream.runCollect(list<WirePod>(podsOn(name)))
      yield* checked(
        there.filter((pod) => !stays(pod)),
        options
      )
      yield* setSchedulable(name, false)
      const { isOver, left, take } = emptying(options, (progress) => Queue.offer(queue, progress))
      const duration = options.deadlineMs ?? deadlineUsualMs
      // one watch tells of all of them, however many they are
      yield* watch<WirePod>(podsOn(name), { patient: true }).pipe(
        Stream.mapEffect(take, { concurrency: "unbounded", unordered: true }),
        Stream.takeUntil(isOver),
        Stream.runDrain,
        Effect.timeoutOrElse({ duration, orElse: () => Effect.fail(tooLate(name, left(), duration)) })
      )
      return yield* Queue.end(queue)
    })
  )

/** The same, to its end. */
export const drain = Effect.fn("kubernetes.nodes.drain")((name: string, options: DrainOptions = {}) =>
  Stream.runDrain(drainSteps(name, options))
)
