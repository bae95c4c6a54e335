import { Clock, Effect, Result } from "effect"
import { derivedToken } from "../../decide/derivedToken.ts"
import { launchOrder } from "../../decide/launchOrder.ts"
import { offeringsOf } from "../../decide/offeringsOf.ts"
import { templateOf } from "../../decide/templateOf.ts"
import type { ClusterSpec, Network } from "../../model/ClusterSpec.ts"
import type { NodePool } from "../../model/NodePool.ts"
import type { Offering } from "../../model/Offering.ts"
import type { LaunchRequest, Machine } from "../../ports/Machines.ts"
import { because, CapacityExhausted, type ComputeError, Failed } from "../../service/ComputeError.ts"
import type { Fleet } from "./Fleet.ts"

/** One machine that a pool lacks. */
export interface Lacking {
  readonly spec: ClusterSpec
  readonly pool: NodePool
  readonly machine: string
  /** Set where it must not be a spot machine. */
  readonly market?: "on-demand" | undefined
  /** The id of the last machine that bore the name, as far as it can still be seen. */
  readonly predecessor: string | undefined
  readonly offerings: ReadonlyArray<Offering>
  /** How many machines of the pool are in each zone; those being launched at the same time count themselves in. */
  readonly zones: Map<string, number>
  readonly network: Network
  readonly leaseUntilMs: number | undefined
}

/** How many ended machines of one name are stepped over before something is taken to be wrong. */
const predecessorsMax = 1_000

const requestFor = (lacking: Lacking, offering: Offering, predecessor: string | undefined): LaunchRequest => {
  const { leaseUntilMs, machine, network, pool, spec } = lacking
  const template = templateOf(spec, pool)
  const maxMicroUsdPerHour = offering.market === "spot" ? pool.spot?.maxMicroUsdPerHour : undefined
  return {
    token: derivedToken([spec.name, pool.name, machine, template, predecessor ?? "first"]),
    owner: { cluster: spec.name, pool: pool.name, machine, template },
    instanceType: offering.instanceType,
    market: offering.market,
    zone: offering.zone,
    network,
    labels: { ...spec.labels, ...pool.labels },
    taints: pool.taints,
    ...(maxMicroUsdPerHour === undefined ? {} : { maxMicroUsdPerHour }),
    ...(pool.image === undefined ? {} : { image: pool.image }),
    ...(pool.diskBytes === undefined ? {} : { diskBytes: pool.diskBytes }),
    ...(spec.runtime === undefined ? {} : { runtime: spec.runtime }),
    ...(leaseUntilMs === undefined ? {} : { leaseUntilMs })
  }
}

/** Sold out here; or the token is used up by another offering, taken before a crash, which will give its machine back. */
const isElsewhere = ({ reason }: ComputeError): boolean =>
  reason._tag === "CapacityExhausted" || reason._tag === "QuotaExceeded" || reason._tag === "Conflict"
const hasEnded = ({ state }: Machine): boolean => state === "terminated" || state === "terminating"

/** What kept a machine from being launched, where more than one offering was tried: all that is sold out, by name. */
const inAll = (failures: ReadonlyArray<ComputeError>, last: ComputeError): ComputeError => {
  const soldOut = failures.flatMap(({ reason }) => (reason._tag === "CapacityExhausted" ? [reason.offering] : []))
  const { reason } = last
  if (reason._tag !== "CapacityExhausted" || soldOut.length < failures.length) return last
  const { backend, code, operation } = reason
  const offering = [...new Set(soldOut)].join(", ")
  return because(new CapacityExhausted({ backend, operation, offering, ...(code === undefined ? {} : { code }) }))
}

/** The first offering that can be had. All share one token: whichever was taken before a crash is given back. */
const launchSomewhere = (
  { machines, soldOut }: Fleet,
  lacking: Lacking,
  choices: ReadonlyArray<Offering>,
  predecessor: string | undefined
): Effect.Effect<Machine, ComputeError> =>
  Effect.gen(function* () {
    const { pool, zones } = lacking
    const count = (zone: string, by: number) => zones.set(zone, (zones.get(zone) ?? 0) + by)
    const failures: Array<ComputeError> = []
    for (let left = choices; ; ) {
      const nowMs = yield* Clock.currentTimeMillis
      const [offering] = launchOrder(left, { zones, soldOut: soldOut.at(nowMs) }).offerings
      if (offering === undefined) {
        const at = { backend: machines.backend, operation: "launch" }
        return yield* because(new CapacityExhausted({ ...at, offering: pool.instanceTypes.join(" or ") }))
      }
      count(offering.zone, 1)
      const launched = yield* Effect.result(machines.launch(requestFor(lacking, offering, predecessor)))
      if (Result.isSuccess(launched) && !hasEnded(launched.success)) return launched.success
      count(offering.zone, -1)
      if (Result.isSuccess(launched)) return launched.success
      failures.push(launched.failure)
      if (launched.failure.reason._tag === "CapacityExhausted") soldOut.note(offering, nowMs)
      left = left.filter((other) => other !== offering)
      if (!isElsewhere(launched.failure) || left.length === 0) return yield* inAll(failures, launched.failure)
    }
  })

/**
 * Rents one machine under a token that follows from what it is for, so that asking again gives the same machine. A token
 * whose machine has ended was used up by an earlier life of the name: that machine is then the predecessor.
 */
export const launchMachine = (fleet: Fleet, lacking: Lacking): Effect.Effect<Machine, ComputeError> =>
  Effect.gen(function* () {
    const choices = Result.getOrElse(offeringsOf(lacking.pool, lacking.offerings, lacking.market), () => [])
    let predecessor = lacking.predecessor
    for (let tried = 0; tried < predecessorsMax; tried++) {
      const machine = yield* launchSomewhere(fleet, lacking, choices, predecessor)
      if (!hasEnded(machine)) return machine
      predecessor = machine.id
    }
    const detail = `every machine named ${lacking.machine} ended at once`
    const hint = "look at the image and the boot log of the pool's machines"
    return yield* because(new Failed({ backend: fleet.machines.backend, operation: "launch", detail, hint }))
  })
