import { Clock, Effect } from "effect"
import { drain, graceOf } from "../../decide/drain.ts"
import type { Node } from "../../model/Node.ts"
import type { UpdatePolicy } from "../../model/UpdatePolicy.ts"
import type { Hosts } from "../../ports/Hosts.ts"
import { because, type ComputeError, TimedOut, Unavailable } from "../../service/ComputeError.ts"
import { podOf } from "../podOf.ts"

/** A node to be emptied of its pods, and within which bounds. */
export interface Emptying {
  readonly node: Node
  readonly policy: Pick<UpdatePolicy, "drainTimeoutMs" | "podEvictionTimeoutMs">
  readonly everyMs: number
}

/** Asks the pods of a cordoned node to leave until none is left; fails with what is left when the time is up. */
export const emptyNode = (
  hosts: Hosts["Service"],
  { everyMs, node, policy }: Emptying
): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const at = { backend: hosts.backend, operation: "drain" }
    const startedAtMs = yield* Clock.currentTimeMillis
    while (true) {
      const { pods, silent } = yield* hosts.pods
      if (silent.includes(node.name))
        return yield* because(new Unavailable({ ...at, detail: `${node.name} does not say which pods it runs` }))
      const nowMs = yield* Clock.currentTimeMillis
      const decision = drain({ node, pods: pods.map(podOf), budgets: [], policy, startedAtMs, nowMs })
      if (decision.state === "done") return
      if (decision.state === "timedOut") {
        const left = decision.wait.map(({ pod, why }) => `${pod.namespace}/${pod.name} (${why})`).join(", ")
        const detail = `the end of ${left} on ${node.name}`
        return yield* because(new TimedOut({ ...at, detail, afterMs: nowMs - startedAtMs }))
      }
      for (const pod of decision.evict)
        yield* hosts
          .stop({ node: node.name, namespace: pod.namespace, name: pod.name }, graceOf(pod, policy))
          // a budget may hold a pod for a while, and a host be slow to answer: asked again until the time is up
          .pipe(
            Effect.catchIf(
              ({ retry }) => retry === "later" || retry === "exhausted",
              () => Effect.void
            )
          )
      yield* Effect.sleep(everyMs)
    }
  })
