import type { LaunchRequest, Machine, Offering } from "@orrery/core"
import type { WorldNode } from "../engine/world/World.ts"
import type { History } from "./History.ts"
import type { SimPod } from "./PodHouse.ts"

/** A machine of the simulated cloud. `owner` is absent where it is not ours. */
export interface SimMachine {
  readonly id: string
  readonly name: string
  readonly request: LaunchRequest | undefined
  readonly offering: Offering
  readonly launchedAtMs: number
  readonly history: History<Machine>
  /** The node it is while it boots and runs; a machine that was stopped is another node when it starts again. */
  node: SimNode | undefined
  state: Machine["state"]
  cordoned: boolean
  leaseUntilMs: number | undefined
  reclaimAtMs: number | undefined
  /** Hosts that run and do not answer. */
  silent: boolean
  startedElapsedMs: number
  endedElapsedMs: number | undefined
  endReason: string | undefined
}

/** A node of the world that is a rented machine. */
export interface SimNode extends WorldNode<SimPod> {
  readonly machine: SimMachine
}

/** Whether it is still rented. */
export const isAlive = ({ state }: SimMachine): boolean => state !== "terminated" && state !== "terminating"

/** What a machine is called in traces. */
export const nameOf = ({ name, request }: Pick<SimMachine, "name" | "request">): string =>
  request === undefined ? `foreign/${name}` : `${request.owner.cluster}/${name}`

/** Marks machines that were there from the start: no loop ends them. */
export const standingTemplate = "standing"

/** A machine of ours as the cloud shows it. */
export const viewOf = (machine: SimMachine, { owner, token }: LaunchRequest): Machine => ({
  id: machine.id,
  owner,
  token,
  state: machine.state,
  instanceType: machine.offering.instanceType,
  zone: machine.offering.zone,
  market: machine.offering.market,
  launchedAtMs: machine.launchedAtMs,
  cordoned: machine.cordoned,
  ...(owner.template === standingTemplate ? { standing: true } : {}),
  ...(machine.leaseUntilMs === undefined ? {} : { leaseUntilMs: machine.leaseUntilMs }),
  ...(machine.reclaimAtMs === undefined ? {} : { reclaimAtMs: machine.reclaimAtMs }),
  ...(machine.state === "running" ? { address: `sim://${owner.cluster}/${owner.machine}` } : {})
})
