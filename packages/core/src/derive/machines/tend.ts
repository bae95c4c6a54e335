import { Clock, Effect } from "effect"
import { type ControlOptions, control } from "../../loop/control.ts"
import type { Goal } from "../../model/Goal.ts"
import { grouped } from "../../model/grouped.ts"
import type { Machine } from "../../ports/Machines.ts"
import type { ComputeError } from "../../service/ComputeError.ts"
import { passOver } from "./converge.ts"
import { deleteCluster } from "./deleteCluster.ts"
import type { Fleet } from "./Fleet.ts"
import { leaseUntil } from "./perform.ts"

/** Everything of ours at the provider. */
interface Seen {
  readonly goals: ReadonlyArray<Goal>
  readonly machines: ReadonlyArray<Machine>
}

/** What a round does. */
interface Chores {
  readonly renew: ReadonlyArray<readonly [machine: Machine, untilMs: number]>
  readonly finishDeleting: ReadonlyArray<string>
  readonly givenUp: ReadonlyArray<string>
  readonly orphaned: ReadonlyArray<string>
  readonly keep: ReadonlyArray<string>
}

const isThere = ({ standing, state }: Machine): boolean =>
  standing !== true && state !== "terminated" && state !== "terminating"

/** Notes which machines are silent since when; forgets those that answer again, and keeps all where nothing could be read. */
const listen = ({ hosts, silentSinceMs }: Fleet, machines: ReadonlyArray<Machine>): Effect.Effect<void> =>
  hosts === undefined
    ? Effect.void
    : Effect.flatMap(Effect.result(hosts.pods), (answer) =>
        Effect.map(Clock.currentTimeMillis, (nowMs) => {
          if (answer._tag === "Failure") return
          const silent = new Set(answer.success.silent)
          const now = machines.filter(({ owner, state }) => state === "running" && silent.has(owner.machine))
          const ids = new Set(now.map(({ id }) => id))
          for (const id of silentSinceMs.keys()) if (!ids.has(id)) silentSinceMs.delete(id)
          for (const id of ids) if (!silentSinceMs.has(id)) silentSinceMs.set(id, nowMs)
        })
      )

const hasRunOut = (machines: ReadonlyArray<Machine>, nowMs: number): boolean =>
  machines.length > 0 && machines.every(({ leaseUntilMs }) => leaseUntilMs !== undefined && leaseUntilMs <= nowMs)

/**
 * Leases of ours are renewed before half of them is over. A leased cluster of somebody else whose machines have all run
 * out was given up: it goes. So do machines whose cluster is wanted by nobody, once two rounds have seen them.
 */
const choresOf =
  (fleet: Fleet, orphans: Set<string>) =>
  (seen: Seen, nowMs: number): Chores => {
    const goalOf = new Map(seen.goals.map((goal) => [goal.spec.name, goal]))
    const there = seen.machines.filter(isThere)
    const byCluster = grouped(there, ({ owner }) => owner.cluster)
    const isGivenUp = ({ spec }: Goal) =>
      spec.leaseMs !== undefined && !fleet.inCharge.has(spec.name) && hasRunOut(byCluster.get(spec.name) ?? [], nowMs)
    const isOurs = (goal: Goal) => goal.spec.leaseMs === undefined || fleet.inCharge.has(goal.spec.name)
    const unwanted = [...byCluster.keys()].filter((name) => !goalOf.has(name))
    const orphaned = unwanted.filter((name) => orphans.has(name)).toSorted()
    orphans.clear()
    for (const name of unwanted) orphans.add(name)
    const namesOf = (goals: ReadonlyArray<Goal>) => goals.map(({ spec }) => spec.name).toSorted()
    const kept = seen.goals.filter((goal) => !goal.deleting && isOurs(goal))
    const renew = kept.flatMap(({ spec }) =>
      (byCluster.get(spec.name) ?? []).flatMap((machine) => {
        const untilMs = leaseUntil(spec, nowMs)
        const leftMs = (machine.leaseUntilMs ?? 0) - nowMs
        return untilMs === undefined || leftMs * 2 > (spec.leaseMs ?? 0) ? [] : [[machine, untilMs] as const]
      })
    )
    return {
      renew,
      finishDeleting: namesOf(seen.goals.filter(({ deleting }) => deleting)),
      givenUp: namesOf(seen.goals.filter((goal) => !goal.deleting && isGivenUp(goal))),
      orphaned,
      keep: namesOf(kept)
    }
  }

/** One cluster's trouble is not the others': each chore is done, and the first failure told afterwards. */
const eachOf = <A>(
  items: ReadonlyArray<A>,
  work: (item: A) => Effect.Effect<unknown, ComputeError>
): Effect.Effect<void, ComputeError> =>
  Effect.flatMap(
    Effect.forEach(items, (item) => Effect.result(work(item))),
    (results) => {
      const failed = results.find((result) => result._tag === "Failure")
      return failed === undefined ? Effect.void : Effect.fail(failed.failure)
    }
  )

/** Looks again before it deletes: a list that lags behind must not cost anybody a cluster. */
const sweepGivenUp = (fleet: Fleet, name: string): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const machines = (yield* fleet.machines.observe(name)).filter(isThere)
    if (hasRunOut(machines, yield* Clock.currentTimeMillis)) yield* deleteCluster(fleet, name)
  })

const sweepOrphans = ({ machines }: Fleet, name: string): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    if ((yield* machines.goals.read(name)) !== undefined) return
    const left = (yield* machines.observe(name)).filter(isThere)
    yield* machines.terminate(left.map(({ id }) => id))
  })

/** The control loop of all clusters at a provider: renews leases, sweeps what was given up, repairs what was lost. */
export const tendOptions = (fleet: Fleet, everyMs: number): ControlOptions<Seen, Chores> => ({
  name: `${fleet.machines.backend} machines`,
  everyMs,
  roundMsMax: fleet.settings.convergeMsMax,
  observe: Effect.gen(function* () {
    const takenAtMs = yield* Clock.currentTimeMillis
    const machines = yield* fleet.machines.observe()
    const goals = (yield* fleet.machines.goals.list).map(({ goal }) => goal)
    yield* listen(fleet, machines)
    return { takenAtMs, seen: { goals, machines } }
  }),
  decide: choresOf(fleet, new Set()),
  act: ({ finishDeleting, givenUp, keep, orphaned, renew }) =>
    eachOf(renew, ([machine, leaseUntilMs]) => fleet.machines.mark(machine.id, { leaseUntilMs })).pipe(
      Effect.andThen(eachOf(finishDeleting, (name) => deleteCluster(fleet, name))),
      Effect.andThen(eachOf(givenUp, (name) => sweepGivenUp(fleet, name))),
      Effect.andThen(eachOf(orphaned, (name) => sweepOrphans(fleet, name))),
      Effect.andThen(eachOf(keep, (name) => passOver(fleet, name, "control")))
    )
})

/** Tends all clusters for ever. */
export const tend = (fleet: Fleet, everyMs: number): Effect.Effect<never> => control(tendOptions(fleet, everyMs))
