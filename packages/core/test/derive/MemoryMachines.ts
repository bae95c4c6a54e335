import { Clock, Effect, Layer } from "effect"
import {
  because,
  type Capabilities,
  CapacityExhausted,
  type Feature,
  features,
  type Goal,
  type Machine,
  Machines,
  NotFound,
  native,
  type Offering,
  Stale,
  type StoredGoal
} from "../../src/index.ts"

export const everything = {
  ...(Object.fromEntries(Object.keys(features).map((name) => [name, native])) as Record<Feature, typeof native>),
  limits: { nodesPerPoolMax: 1_000, replicasMax: 1_000, tasksPerJobMax: 10_000, nameLengthMax: 63 }
} satisfies Capabilities

export const offeringOf = (instanceType: string, zone: string, microUsdPerHour: number): Offering => ({
  instanceType,
  zone,
  market: "on-demand",
  capacity: { cpuMilli: 4_000, memoryBytes: 16_000_000_000, gpuMilli: 0 },
  labels: {},
  microUsdPerHour
})

type Kept = { -readonly [K in keyof Machine]: Machine[K] } & { readyAtMs: number; goneAtMs: number | undefined }

/** A cloud in memory: it outlives the programs that use it, as a real one does. */
export class Cloud {
  readonly machines = new Map<string, Kept>()
  readonly tokens = new Map<string, string>()
  readonly goals = new Map<string, StoredGoal>()
  readonly networks = new Set<string>()
  readonly soldOut = new Set<string>()
  readonly bootMs = 30_000
  readonly endMs = 20_000
  offerings: ReadonlyArray<Offering> = [offeringOf("m5.large", "a", 100), offeringOf("m5.xlarge", "a", 200)]
  /** Machines that ended so long ago that they are not shown any more; their tokens are still known. */
  readonly forgotten = new Set<string>()
  /** What reads show instead of what is, while they lag behind. */
  lagging: ReadonlyArray<Machine> | undefined
  launches = 0
  writes = 0

  private settle(nowMs: number) {
    for (const machine of this.machines.values()) {
      if (machine.state === "pending" && machine.readyAtMs <= nowMs) machine.state = "running"
      if (machine.goneAtMs !== undefined && machine.goneAtMs <= nowMs) machine.state = "terminated"
    }
  }
  show(nowMs: number): ReadonlyArray<Machine> {
    this.settle(nowMs)
    const shown = [...this.machines.values()].filter(({ id }) => !this.forgotten.has(id))
    return shown.map(({ goneAtMs: _gone, readyAtMs: _ready, ...machine }) => ({ ...machine }))
  }
  running(cluster: string): ReadonlyArray<Machine> {
    return [...this.machines.values()].filter(
      ({ owner, state }) => owner.cluster === cluster && state !== "terminated" && state !== "terminating"
    )
  }
}

const at = (operation: string) => ({ backend: "memory", operation })

/** The Machines port over a cloud in memory. */
export const memoryMachines = (cloud: Cloud): Layer.Layer<Machines> => {
  const find = (id: string) =>
    Effect.suspend(() => {
      const machine = cloud.machines.get(id)
      return machine === undefined
        ? Effect.fail(because(new NotFound({ ...at("find"), kind: "machine", name: id })))
        : Effect.succeed(machine)
    })
  return Layer.succeed(Machines, {
    backend: "memory",
    capabilities: everything,
    offerings: (_region, types) =>
      Effect.sync(() => cloud.offerings.filter(({ instanceType }) => types?.includes(instanceType) ?? true)),
    observe: (cluster) =>
      Effect.map(Clock.currentTimeMillis, (nowMs) =>
        (cloud.lagging ?? cloud.show(nowMs)).filter(({ owner }) => cluster === undefined || owner.cluster === cluster)
      ),
    launch: (request) =>
      Effect.flatMap(Clock.currentTimeMillis, (nowMs) => {
        cloud.show(nowMs)
        const known = cloud.machines.get(cloud.tokens.get(request.token) ?? "")
        if (known !== undefined) return Effect.succeed({ ...known })
        if (cloud.soldOut.has(request.instanceType))
          return Effect.fail(because(new CapacityExhausted({ ...at("launch"), offering: request.instanceType })))
        cloud.launches++
        const machine: Kept = {
          id: `i-${cloud.launches}`,
          owner: request.owner,
          token: request.token,
          state: "pending",
          instanceType: request.instanceType,
          zone: request.zone ?? "a",
          market: request.market,
          launchedAtMs: nowMs,
          cordoned: false,
          readyAtMs: nowMs + cloud.bootMs,
          goneAtMs: undefined,
          ...(request.leaseUntilMs === undefined ? {} : { leaseUntilMs: request.leaseUntilMs })
        }
        cloud.tokens.set(request.token, machine.id)
        cloud.machines.set(machine.id, machine)
        return Effect.succeed({ ...machine })
      }),
    terminate: (ids) =>
      Effect.map(Clock.currentTimeMillis, (nowMs) => {
        for (const id of ids) {
          const machine = cloud.machines.get(id)
          if (machine === undefined || machine.goneAtMs !== undefined) continue
          machine.state = "terminating"
          machine.goneAtMs = nowMs + cloud.endMs
        }
      }),
    start: (id) => Effect.map(find(id), (machine) => void Object.assign(machine, { state: "running" })),
    stop: (id) => Effect.map(find(id), (machine) => void Object.assign(machine, { state: "stopped" })),
    mark: (id, marks) => Effect.map(find(id), (machine) => void Object.assign(machine, marks)),
    goals: {
      list: Effect.sync(() => [...cloud.goals.values()]),
      read: (cluster) => Effect.sync(() => cloud.goals.get(cluster)),
      write: (goal: Goal, expected) =>
        Effect.suspend(() => {
          const stored = cloud.goals.get(goal.spec.name)
          if (stored?.version !== expected)
            return Effect.fail(because(new Stale({ ...at("goals.write"), detail: `${goal.spec.name} was written` })))
          cloud.writes++
          const written = { goal: structuredClone(goal), version: `v${cloud.writes}` }
          cloud.goals.set(goal.spec.name, written)
          return Effect.succeed(written)
        }),
      remove: (cluster) => Effect.sync(() => void cloud.goals.delete(cluster))
    },
    prerequisites: {
      ensure: (cluster, network) =>
        Effect.sync(() => {
          cloud.networks.add(cluster)
          return network
        }),
      remove: (cluster) => Effect.sync(() => void cloud.networks.delete(cluster))
    }
  })
}
