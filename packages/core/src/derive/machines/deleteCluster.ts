import { Clock, Effect } from "effect"
import type { Machine, Machines } from "../../ports/Machines.ts"
import { because, type ComputeError, Leftovers, NotFound } from "../../service/ComputeError.ts"
import { changeGoal } from "./changeGoal.ts"
import type { Fleet } from "./Fleet.ts"

/** Looks in a row that must show nothing before nothing is believed: a list may lag behind a machine just launched. */
const emptyLooks = 2

const isThere = ({ standing, state }: Machine): boolean => standing !== true && state !== "terminated"

/** Writes down that the cluster shall go. From here on every process that looks at it knows. */
const markDeleting = (machines: Machines["Service"], name: string) =>
  changeGoal(machines, name, (goal) =>
    goal === undefined
      ? Effect.fail(because(new NotFound({ backend: machines.backend, operation: "delete", kind: "cluster", name })))
      : Effect.succeed({ ...goal, deleting: true })
  ).pipe(
    Effect.as(true),
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.succeed(false)
    )
  )

/** Ends machines until none is seen any more; fails with their names when that takes too long. */
const endMachines = ({ machines, settings }: Fleet, name: string): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const beganAtMs = yield* Clock.currentTimeMillis
    let looks = 0
    while (true) {
      const left = (yield* machines.observe(name)).filter(isThere)
      looks = left.length === 0 ? looks + 1 : 0
      if (looks >= emptyLooks) return
      const toEnd = left.filter(({ state }) => state !== "terminating").map(({ id }) => id)
      if (toEnd.length > 0) yield* machines.terminate(toEnd)
      if ((yield* Clock.currentTimeMillis) - beganAtMs >= settings.convergeMsMax) {
        const items = left.map(({ id, owner }) => `machine ${owner.machine} (${id})`)
        return yield* because(new Leftovers({ backend: machines.backend, operation: "deleteCluster", items }))
      }
      yield* Effect.sleep(settings.everyMs)
    }
  })

/** Ends machines and then removes what they needed, anew where a machine that no list showed still holds it. */
const removeMachines = (fleet: Fleet, name: string, beganAtMs: number): Effect.Effect<void, ComputeError> =>
  Effect.andThen(endMachines(fleet, name), fleet.machines.prerequisites.remove(name)).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "Leftovers",
      (error) =>
        Effect.flatMap(Clock.currentTimeMillis, (nowMs) =>
          nowMs - beganAtMs >= fleet.settings.convergeMsMax
            ? Effect.fail(error)
            : Effect.andThen(Effect.sleep(fleet.settings.everyMs), removeMachines(fleet, name, beganAtMs))
        )
    )
  )

/** Removes what a cluster owns: first the wish, then machines, then what they needed, and the goal last of all. */
export const deleteCluster = (fleet: Fleet, name: string): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const { machines } = fleet
    fleet.inCharge.delete(name)
    const hadGoal = yield* markDeleting(machines, name)
    if (!hadGoal && !(yield* machines.observe(name)).some(isThere)) return
    yield* removeMachines(fleet, name, yield* Clock.currentTimeMillis)
    yield* machines.goals.remove(name)
  }).pipe(fleet.locked(name))
