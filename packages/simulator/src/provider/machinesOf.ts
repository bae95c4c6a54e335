import {
  type Goal,
  Leftovers,
  type Machine,
  Machines,
  NotFound,
  type Offering,
  type Reason,
  remembered,
  Stale,
  type StoredGoal
} from "@orrery/core"
import { Layer, Result } from "effect"
import { allPages } from "./allPages.ts"
import type { Versioned } from "./DocumentStore.ts"
import type { Gate } from "./Gate.ts"
import type { MachinePark } from "./MachinePark.ts"
import type { SimMachine } from "./SimMachine.ts"
import type { World } from "./World.ts"

const done: Result.Result<void, never> = Result.succeed(undefined)

/** The Machines port over a world. */
export const machinesOf = (world: World, park: MachinePark, gate: Gate): Layer.Layer<Machines> => {
  const networks = new Set<string>()
  const withMachine = (operation: string, id: string, work: (machine: SimMachine) => void) =>
    gate.call<void>({
      operation: `Machines.${operation}`,
      work: () => {
        const machine = park.machines.get(id)
        const at = { backend: world.profile.name, operation }
        if (machine === undefined) return Result.fail(new NotFound({ ...at, kind: "machine", name: id }))
        // A machine that lists do not show yet cannot be named yet either: the caller must not take it for gone.
        const seen = machine.history.at(world.time.elapsedMs - gate.lagMs(`Machines.${operation}`))
        if (seen === undefined) return Result.fail(new Stale({ ...at, detail: `${machine.name} does not show yet` }))
        work(machine)
        return done
      }
    })
  return Layer.succeed(
    Machines,
    Machines.of({
      backend: world.profile.name,
      capabilities: world.profile.capabilities,
      offerings: (_region, instanceTypes) =>
        gate.call({
          operation: "Machines.offerings",
          work: () => {
            const offered = world.market.at(world.time.elapsedMs)
            return Result.succeed(instanceTypes === undefined ? offered : ofTypes(offered)(instanceTypes.join()))
          }
        }),
      observe: (cluster) => observe(world, park, gate, cluster),
      launch: (request) =>
        gate.call({
          operation: "Machines.launch",
          mayComeLate: true,
          work: () => Result.map(park.launch(request), viewNow)
        }),
      terminate: (ids) => {
        const end = (some: ReadonlyArray<string>) => {
          for (const id of some) {
            const machine = park.machines.get(id)
            if (machine !== undefined) park.end(machine, "terminated")
          }
        }
        return gate.call<void>({
          operation: "Machines.terminate",
          work: () => {
            end(ids)
            return done
          },
          ...(ids.length > 1 ? { part: () => end(ids.slice(0, Math.floor(ids.length / 2))) } : {})
        })
      },
      start: (id) => withMachine("start", id, (machine) => park.start(machine)),
      stop: (id) => withMachine("stop", id, (machine) => park.stop(machine)),
      mark: (id, marks) => withMachine("mark", id, (machine) => park.mark(machine, marks)),
      goals: goalsOf(world, gate),
      prerequisites: {
        ensure: (cluster, network) =>
          gate.call({
            operation: "Machines.prerequisites.ensure",
            work: () => {
              networks.add(cluster)
              return Result.succeed(network)
            }
          }),
        remove: (cluster) =>
          gate.call<void>({
            operation: "Machines.prerequisites.remove",
            work: () => removeNetwork(world, park, networks, cluster)
          })
      }
    })
  )
}

/** The same offerings each time they are asked for, so that nobody looks through them twice. */
const ofTypes = remembered((offered: ReadonlyArray<Offering>) => {
  const known = new Map<string, ReadonlyArray<Offering>>()
  return (types: string): ReadonlyArray<Offering> => {
    const wanted = types.split(",")
    const found = known.get(types) ?? offered.filter(({ instanceType }) => wanted.includes(instanceType))
    known.set(types, found)
    return found
  }
})

/** What a machine is like now, which only calls that name it are told. */
const viewNow = ({ history }: SimMachine): Machine => {
  const machine = history.at(Number.MAX_SAFE_INTEGER)
  if (machine === undefined) throw new Error("a machine of ours has no history")
  return machine
}

/** Every machine of ours, or of one cluster, as of the moments at which its page is read. */
const observe = (world: World, park: MachinePark, gate: Gate, cluster: string | undefined) =>
  allPages(world, gate, {
    operation: "Machines.observe",
    lags: true,
    after: (id) => [...park.visible()].filter((machine) => machine.request !== undefined && machine.id > id),
    keyOf: ({ id }) => id,
    show: ({ history }, asOfMs): Machine | undefined => {
      const machine = history.at(asOfMs)
      return cluster === undefined || machine?.owner.cluster === cluster ? machine : undefined
    }
  })

/** The goal in a document; one that has not been written meanwhile is not read again. */
const stored = remembered(({ body, version }: Versioned): StoredGoal => ({ goal: JSON.parse(body) as Goal, version }))

const goalsOf = (world: World, gate: Gate): Machines["Service"]["goals"] => ({
  list: allPages(world, gate, {
    operation: "Machines.goals.list",
    after: (cluster) => world.goals.list("").filter(({ key }) => key > cluster),
    keyOf: ({ key }) => key,
    show: stored
  }),
  read: (cluster) =>
    gate.call({
      operation: "Machines.goals.read",
      work: () => {
        const found = world.goals.read(cluster)
        return Result.succeed(found === undefined ? undefined : stored(found))
      }
    }),
  write: (goal, expected) =>
    gate.call({
      operation: "Machines.goals.write",
      conditional: true,
      // a creation that came late would bring back what was removed meanwhile, and no store could tell
      mayComeLate: expected !== undefined,
      work: () => {
        const written = world.goals.write(goal.spec.name, JSON.stringify(goal), expected)
        const at = { backend: world.profile.name, operation: "goals.write" }
        if (written === undefined)
          return Result.fail(new Stale({ ...at, detail: `the goal of ${goal.spec.name} was written by somebody else` }))
        world.note("goal", goal.spec.name, JSON.stringify(goal.sizes))
        return Result.succeed(stored(written))
      }
    }),
  remove: (cluster) =>
    gate.call<void>({
      operation: "Machines.goals.remove",
      work: () => {
        if (world.goals.remove(cluster)) world.note("goal removed", cluster)
        return done
      }
    })
})

const removeNetwork = (
  { profile }: World,
  park: MachinePark,
  networks: Set<string>,
  cluster: string
): Result.Result<void, Reason> => {
  const items = [...park.visible()]
    .filter(({ request, state }) => request?.owner.cluster === cluster && state !== "terminated")
    .map(({ name }) => name)
  if (items.length > 0)
    return Result.fail(new Leftovers({ backend: profile.name, operation: "prerequisites.remove", items }))
  networks.delete(cluster)
  return done
}
