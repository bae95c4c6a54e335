import {
  type ClusterManager,
  type ContainerManager,
  clusterManagerFromMachines,
  containerManagerFromHosts,
  type FleetOptions,
  type Hosts,
  type HostsOptions,
  type Machines,
  type Middleware,
  type Scheduler,
  schedulerFromHosts
} from "@orrery/core"
import { Layer } from "effect"
import type { VirtualTime } from "../time/VirtualTime.ts"
import type { FaultPlan } from "./FaultPlan.ts"
import { ForeignThings } from "./ForeignThings.ts"
import { Gate } from "./Gate.ts"
import { hostsOf } from "./hostsOf.ts"
import { MachinePark } from "./MachinePark.ts"
import { machinesOf } from "./machinesOf.ts"
import { PodHouse } from "./PodHouse.ts"
import type { Profile } from "./Profile.ts"
import { type ProfileName, profiles } from "./profiles.ts"
import { unsteadyWatches } from "./unsteadyWatches.ts"
import { World } from "./World.ts"

export interface SimulatedOptions {
  /** How the backend behaves: by name, or a profile of one's own. */
  readonly profile?: ProfileName | Profile
  readonly seed?: number
  readonly faults?: FaultPlan
  readonly time?: VirtualTime
  /** Where the lines of the trace go. */
  readonly onTrace?: (chunk: string) => void
}

/** A simulated backend. It outlives the programs that use it: build the layers again, and they find it as it was left. */
export interface SimulatedBackend {
  readonly world: World
  readonly park: MachinePark
  readonly house: PodHouse
  readonly foreign: ForeignThings
  /** The two ports. */
  readonly ports: Layer.Layer<Machines | Hosts>
  /** What watches go through on their way here. */
  readonly unsteady: Middleware
  /** The three services as production derives them from the ports. */
  readonly services: (options?: ServiceOptions) => Layer.Layer<ClusterManager | ContainerManager | Scheduler>
}

/** How the derived services work. */
export interface ServiceOptions {
  readonly fleet?: FleetOptions
  readonly hosts?: HostsOptions
}

/** Makes a backend of machines, hosts and pods that exist in virtual time alone. */
export const simulated = ({ profile = "ideal", seed = 0, ...rest }: SimulatedOptions = {}): SimulatedBackend => {
  const world = new World({ profile: typeof profile === "string" ? profiles[profile] : profile, seed, ...rest })
  const park = new MachinePark(world)
  const house = new PodHouse(world, park)
  const gate = new Gate(world)
  const ports = Layer.merge(machinesOf(world, park, gate), hostsOf(world, park, house, gate))
  const unsteady = unsteadyWatches(world)
  return {
    world,
    park,
    house,
    foreign: new ForeignThings(world, park),
    ports,
    unsteady,
    services: ({ fleet, hosts } = {}) =>
      Layer.mergeAll(
        clusterManagerFromMachines(fleet),
        containerManagerFromHosts(hosts),
        schedulerFromHosts(hosts)
      ).pipe(Layer.provide(ports), unsteady)
  }
}
