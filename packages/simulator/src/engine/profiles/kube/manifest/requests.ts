import type { Amounts } from "../model.ts"
import { divideUp } from "./quantity.ts"
import { mapOf, quantity, type Read, record } from "./shape.ts"

/** Quantities by resource name, in thousandths. */
export type Quantities = ReadonlyMap<string, bigint>

/** Requests and limits of a container, or of a whole pod. */
export const resourcesShape = record({ requests: mapOf(quantity), limits: mapOf(quantity) })

/** A container, as far as its resources go. */
export interface ContainerResources {
  readonly requests: Quantities
  /** An init container that keeps running beside the others. */
  readonly sidecar: boolean
}

const bigger = (left: bigint, right: bigint): bigint => (left > right ? left : right)

const add = (into: Map<string, bigint>, more: Quantities): void => {
  for (const [name, milli] of more) into.set(name, (into.get(name) ?? 0n) + milli)
}

const raise = (into: Map<string, bigint>, floor: Quantities): void => {
  for (const [name, milli] of floor) into.set(name, bigger(into.get(name) ?? 0n, milli))
}

/** What a container asks for: a limit stands in for a missing request. */
export const requestsOf = (resources: Read<typeof resourcesShape> | undefined): Quantities =>
  new Map([...(resources?.limits ?? []), ...(resources?.requests ?? [])])

/** What small request a container without its own counts as, where scores must see every pod. */
export const smallRequest: Quantities = new Map([
  ["cpu", 100n],
  ["memory", 200n * 1024n * 1024n * 1000n]
])

const none: Quantities = new Map()

/** What all containers need: the larger of running them all and of starting them one by one. */
export const sumContainers = (
  containers: ReadonlyArray<ContainerResources>,
  initContainers: ReadonlyArray<ContainerResources>,
  atLeast: Quantities = none
): Map<string, bigint> => {
  const total = new Map<string, bigint>()
  const sidecars = new Map<string, bigint>()
  const starting = new Map<string, bigint>()
  for (const { requests } of containers) add(total, new Map([...atLeast, ...requests]))
  for (const { requests, sidecar } of initContainers) {
    const wanted = new Map([...atLeast, ...requests])
    if (sidecar) {
      add(total, wanted)
      add(sidecars, wanted)
      raise(starting, sidecars)
    } else {
      add(wanted, sidecars)
      raise(starting, wanted)
    }
  }
  raise(total, starting)
  return total
}

/** Whether a pod may ask for the resource as a whole, above its containers. */
export const isPodLevel = (name: string): boolean =>
  name === "cpu" || name === "memory" || name.startsWith("hugepages-")

/** A pod's own requests, with those it leaves out filled from its containers and its own limits. */
export const podLevelRequests = (
  resources: Read<typeof resourcesShape> | undefined,
  containers: Quantities
): Quantities => {
  const requests = new Map(resources?.requests ?? [])
  if ((resources?.limits?.size ?? 0) === 0) return requests
  for (const [name, milli] of containers) {
    if ((name === "cpu" || name === "memory") && !requests.has(name)) requests.set(name, milli)
  }
  for (const [name, milli] of resources?.limits ?? []) {
    if (isPodLevel(name) && !requests.has(name)) requests.set(name, milli)
  }
  return requests
}

/** Adds a pod's own requests and its overhead to what its containers need. */
export const wholePod = (containers: Quantities, own: Quantities, overhead: Quantities): Quantities => {
  const total = new Map(containers)
  for (const [name, milli] of own) if (isPodLevel(name)) total.set(name, milli)
  add(total, overhead)
  return total
}

const units = (milli: bigint | undefined): number => Number(divideUp(milli ?? 0n, 1000n))

const isScalar = (name: string): boolean =>
  name.includes("/") || name.startsWith("hugepages-") || name.startsWith("attachable-volumes-")

/** The amounts the scheduler counts; resources it never counts are left out. */
export const amountsOf = (quantities: Quantities): Amounts => ({
  cpuMilli: Number(quantities.get("cpu") ?? 0n),
  memoryBytes: units(quantities.get("memory")),
  ephemeralBytes: units(quantities.get("ephemeral-storage")),
  scalars: new Map([...quantities].filter(([name]) => isScalar(name)).map(([name, milli]) => [name, units(milli)]))
})
