import { Effect, Result } from "effect"
import { derivedToken } from "../../decide/derivedToken.ts"
import { offeringsOf } from "../../decide/offeringsOf.ts"
import { templateOf } from "../../decide/templateOf.ts"
import type { ClusterSpec, Network } from "../../model/ClusterSpec.ts"
import type { NodePool } from "../../model/NodePool.ts"
import type { Offering } from "../../model/Offering.ts"
import type { LaunchRequest, Machine, Machines } from "../../ports/Machines.ts"
import { because, CapacityExhausted, type ComputeError, Failed } from "../../service/ComputeError.ts"

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
    ...(leaseUntilMs === undefined ? {} : { leaseUntilMs })
  }
}

/** Sold out here; or the token is used up by another offering, taken before a crash, which will give its machine back. */
const isElsewhere = ({ reason }: ComputeError): boolean =>
  reason._tag === "CapacityExhausted" || reason._tag === "QuotaExceeded" || reason._tag === "Conflict"
const hasEnded = ({ state }: Machine): boolean => state === "terminated" || state === "terminating"

/** The first offering that can be had. All share one token: whichever was taken before a crash is given back. */
const launchSomewhere = (
  machines: Machines["Service"],
  lacking: Lacking,
  offerings: ReadonlyArray<Offering>,
  predecessor: string | undefined
): Effect.Effect<Machine, ComputeError> => {
  const [offering, ...others] = offerings
  if (offering === undefined) {
    const what = lacking.pool.instanceTypes.join(" or ")
    return Effect.fail(
      because(new CapacityExhausted({ backend: machines.backend, operation: "launch", offering: what }))
    )
  }
  return machines.launch(requestFor(lacking, offering, predecessor)).pipe(
    Effect.catchIf(
      (error) => isElsewhere(error) && others.length > 0,
      () => launchSomewhere(machines, lacking, others, predecessor)
    )
  )
}

/**
 * Rents one machine under a token that follows from what it is for, so that asking again gives the same machine. A token
 * whose machine has ended was used up by an earlier life of the name: that machine is then the predecessor.
 */
export const launchMachine = (machines: Machines["Service"], lacking: Lacking): Effect.Effect<Machine, ComputeError> =>
  Effect.gen(function* () {
    const offerings = Result.getOrElse(offeringsOf(lacking.pool, lacking.offerings, lacking.market), () => [])
    let predecessor = lacking.predecessor
    for (let tried = 0; tried < predecessorsMax; tried++) {
      const machine = yield* launchSomewhere(machines, lacking, offerings, predecessor)
      if (!hasEnded(machine)) return machine
      predecessor = machine.id
    }
    const detail = `every machine named ${lacking.machine} ended at once`
    const hint = "look at the image and the boot log of the pool's machines"
    return yield* because(new Failed({ backend: machines.backend, operation: "launch", detail, hint }))
  })
