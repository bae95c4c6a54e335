import { Clock, Effect } from "effect"
import { apply } from "../../loop/apply.ts"
import type { Cluster } from "../../model/Cluster.ts"
import { because, type ComputeError, Conflict, Failed, NotFound, TimedOut } from "../../service/ComputeError.ts"
import type { Fleet } from "./Fleet.ts"
import { perform } from "./perform.ts"
import { clusterOf, planNow, seeCluster } from "./seeCluster.ts"

/** The goal as it is stored, or that there is none. */
export const readGoal = ({ machines }: Fleet, name: string, operation: string) =>
  Effect.gen(function* () {
    const stored = yield* machines.goals.read(name)
    if (stored === undefined)
      return yield* because(new NotFound({ backend: machines.backend, operation, kind: "cluster", name }))
    return stored.goal
  })

/** The error of a change to a cluster that is on its way out. */
export const beingDeleted = ({ machines }: Fleet, name: string, operation: string): ComputeError =>
  because(new Conflict({ backend: machines.backend, operation, kind: "cluster", name, detail: "it is being deleted" }))

/** What one pass came to. `idle` says that nothing was to be done. */
interface Pass {
  readonly cluster: Cluster
  readonly idle: boolean
  readonly unmet: ReadonlyArray<string>
}

/** One look, and what can be done now. What a failed read does not show is never acted on: the pass ends with it. */
export const passOver = (fleet: Fleet, name: string, operation: string): Effect.Effect<Pass, ComputeError> =>
  Effect.gen(function* () {
    const goal = yield* readGoal(fleet, name, operation)
    if (goal.deleting) return yield* beingDeleted(fleet, name, operation)
    const seen = yield* seeCluster(fleet, goal)
    const plan = planNow(seen)
    const network = yield* Effect.cached(fleet.machines.prerequisites.ensure(name, goal.spec.network))
    const step = perform(fleet, seen, network)
    const { onProgress } = fleet.settings
    yield* apply(plan, {
      perform: (planned) => step(planned.step),
      ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress(name, progress) })
    })
    return { cluster: clusterOf(seen), idle: plan.steps.length === 0, unmet: plan.unmet }
  }).pipe(fleet.locked(name))

/** Passes until the cluster is what is asked for. Each pass starts from what is there, so that any of them may be the last. */
export const converge = (fleet: Fleet, name: string, operation: string): Effect.Effect<Cluster, ComputeError> =>
  Effect.gen(function* () {
    const { convergeMsMax, everyMs, waits } = fleet.settings
    const at = { backend: fleet.machines.backend, operation }
    const beganAtMs = yield* Clock.currentTimeMillis
    fleet.inCharge.add(name)
    while (true) {
      const { cluster, idle, unmet } = yield* passOver(fleet, name, operation)
      if (cluster.state === "ready") return cluster
      if (idle && unmet.length > 0 && cluster.nodes.every(({ state }) => state === "ready")) {
        const hint = "give the pool other instance types or zones, or a higher price"
        return yield* because(new Failed({ ...at, detail: unmet.join("; "), hint }))
      }
      if (!waits) return clusterOf(yield* seeCluster(fleet, yield* readGoal(fleet, name, operation)))
      const passedMs = (yield* Clock.currentTimeMillis) - beganAtMs
      if (passedMs >= convergeMsMax) {
        const waiting = cluster.nodes
          .filter(({ state }) => state !== "ready")
          .map((node) => `${node.name} ${node.state}`)
        const detail = `cluster ${name} becoming ready (${waiting.join(", ")})`
        return yield* because(new TimedOut({ ...at, detail, afterMs: passedMs }))
      }
      yield* Effect.sleep(everyMs)
    }
  })
