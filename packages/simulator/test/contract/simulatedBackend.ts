import { type Backend, type CheckFailed, Foreign, shellCommands } from "@orrery/contract"
import {
  clusterManagerFromMachines,
  containerManagerFromHosts,
  guard,
  type Hosts,
  keepWatching,
  type Machines,
  type Middleware,
  production,
  retry,
  schedulerFromHosts
} from "@orrery/core"
import { Context, Effect, Layer } from "effect"
import { type FaultPlan, quiet } from "../../src/provider/FaultPlan.ts"
import { lookBackMsMax } from "../../src/provider/History.ts"
import type { Profile } from "../../src/provider/Profile.ts"
import { type ProfileName, profiles } from "../../src/provider/profiles.ts"
import { type SimulatedBackend, simulated } from "../../src/provider/simulated.ts"
import { runVirtual, type VirtualResult } from "../../src/time/runVirtual.ts"
import { VirtualTime } from "../../src/time/VirtualTime.ts"

/** The time in which a check and its world are; one per run of a check. */
const Time = Context.Reference<VirtualTime>("@orrery/simulator/test/Time", { defaultValue: () => new VirtualTime() })
class Simulation extends Context.Service<Simulation, SimulatedBackend>()("@orrery/simulator/test/Simulation") {}

/** Which backend to be like, and how bad a day it has. */
export interface SimulatedContract {
  readonly profile: ProfileName
  readonly seed?: number
  readonly faults?: FaultPlan
  /** Around the ports, below what production puts there. */
  readonly around?: Middleware
  /** Whether single calls of the ports are tried again, or whole calls of the services, as production does. */
  readonly retries?: "ports" | "services"
}

const everyMs = 2_000
const hosting: Profile["standing"] = [{ instanceType: "c5.4xlarge", count: 3 }]

const disturbedBy = ({ world }: FaultPlan): boolean =>
  world.silencePerMille + world.crashPerMille + world.outOfMemoryPerMille > 0

/** A simulated backend for the contract: every trial has a world of its own, in the time of its run. */
export const simulatedBackend = ({
  around = (layer) => layer,
  faults = quiet,
  profile: name,
  retries = "ports",
  seed = 1
}: SimulatedContract): Backend => {
  const profile = profiles[name]
  const world = Layer.effect(
    Simulation,
    Effect.tap(
      Effect.map(Time, (time) =>
        simulated({
          // lists of two, so that every list has pages; machines to run on, where the backend has none of its own
          profile: { ...profile, pageSize: 2, standing: profile.standing.length > 0 ? profile.standing : hosting },
          seed,
          faults,
          time
        })
      ),
      // the backend has been there for a while: a read that lags shows no time before its own beginning
      () => Effect.sleep(lookBackMsMax)
    )
  )
  const ports: Layer.Layer<Machines | Hosts, never, Simulation> = Layer.unwrap(Effect.map(Simulation, (it) => it.ports))
  const derived = Layer.mergeAll(
    clusterManagerFromMachines({ everyMs }),
    containerManagerFromHosts({ everyMs }),
    schedulerFromHosts({ everyMs })
  )
  const overWire = (services: typeof derived) =>
    Layer.unwrap(Effect.map(Simulation, ({ unsteady }) => unsteady(services)))
  const tried =
    retries === "ports"
      ? overWire(derived).pipe(Layer.provide(ports.pipe(around, retry())), keepWatching(), guard())
      : overWire(derived).pipe(Layer.provide(ports.pipe(around)), production())
  const services = tried.pipe(Layer.provide(world))
  const foreign = Layer.effect(
    Foreign,
    Effect.map(Simulation, (it) =>
      Foreign.of({
        plant: (like) => Effect.sync(() => like.forEach((each) => void it.foreign.plant(each))),
        intact: Effect.sync(() => it.foreign.intact()),
        clear: Effect.sync(() => it.foreign.clear())
      })
    )
  ).pipe(Layer.provide(world))
  return {
    name: `simulated ${name}`,
    services: { clusters: services, containers: services, jobs: services },
    foreign,
    capabilities: profile.capabilities,
    pace: { settleMs: 1_800_000, pollMs: 5_000, timeoutMs: 86_400_000 },
    fixtures: {
      prefix: "sim",
      provider: "sim",
      instanceTypes: ["c5.xlarge", "m5.xlarge"],
      image: "busybox",
      otherNamespace: "other",
      requests: { cpuMilli: 100, memoryBytes: 64 * 2 ** 20, gpuMilli: 0 },
      commands: shellCommands,
      listed: 5
    },
    exploration: { seed, runs: 10 },
    lacks: disturbedBy(faults) ? { undisturbed: "hosts fall silent and pods crash by themselves" } : {}
  }
}

/** Runs a check to its end in a time of its own. */
export const runInOwnTime = (check: Effect.Effect<void, CheckFailed>): VirtualResult<void, CheckFailed> => {
  const time = new VirtualTime()
  return runVirtual(Effect.provideService(check, Time, time), { time, stepsMax: 50_000_000 })
}

/** The same for vitest. */
export const inOwnTime = (check: Effect.Effect<void, CheckFailed>): Promise<void> => {
  const result = runInOwnTime(check)
  return result._tag === "Done"
    ? Effect.runPromise(Effect.suspend(() => result.exit))
    : Promise.reject(new Error(result.message))
}
