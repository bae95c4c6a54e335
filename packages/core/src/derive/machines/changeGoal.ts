import { Effect } from "effect"
import type { Goal } from "../../model/Goal.ts"
import { same } from "../../model/same.ts"
import type { Machines } from "../../ports/Machines.ts"
import type { ComputeError } from "../../service/ComputeError.ts"

type Port = Machines["Service"]
const readsMax = 10

/** What to make of the goal as it is; the very same goal is no change, and nothing is written. */
export type GoalChange = (current: Goal | undefined) => Effect.Effect<Goal, ComputeError>

/** Changes the goal at the provider. Where somebody wrote meanwhile, the change is made anew upon what they wrote. */
export const changeGoal = (machines: Port, cluster: string, change: GoalChange): Effect.Effect<Goal, ComputeError> => {
  const attempt = (reads: number): Effect.Effect<Goal, ComputeError> =>
    Effect.gen(function* () {
      const stored = yield* machines.goals.read(cluster)
      const wanted = yield* change(stored?.goal)
      if (stored !== undefined && same({ ...wanted, generation: stored.goal.generation }, stored.goal))
        return stored.goal
      const goal = { ...wanted, generation: (stored?.goal.generation ?? 0) + 1 }
      return (yield* machines.goals.write(goal, stored?.version)).goal
    }).pipe(
      Effect.catchIf(
        ({ reason }) => reason._tag === "Stale" && reads < readsMax,
        () => attempt(reads + 1)
      )
    )
  return attempt(1)
}
