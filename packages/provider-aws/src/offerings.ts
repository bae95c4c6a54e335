import { type Offering, parseUsd } from "@orrery/core"
import { Clock, Effect, Result } from "effect"
import {
  type _InstanceType,
  Client,
  type InstanceTypeInfo,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeInstanceTypes,
  paginateDescribeSpotPriceHistory
} from "./Client.ts"
import { onDemandMicroUsdPerHour } from "./prices.ts"

const milli = 1000
const mebibyte = 2 ** 20

/** What of the asked types can be rented in which zone, on both markets. */
export const offerings = Effect.fn("aws.offerings")(function* (types: ReadonlyArray<string> | undefined) {
  const client = yield* Client
  const InstanceTypes = types as Array<_InstanceType> | undefined
  const byType = types === undefined ? {} : { Filters: [{ Name: "instance-type", Values: [...types] }] }
  const infos = yield* client.call("offerings", "instance types", async (ec2, abortSignal) => {
    const found: Array<InstanceTypeInfo> = []
    for await (const page of paginateDescribeInstanceTypes({ client: ec2 }, byType, { abortSignal }))
      found.push(...(page.InstanceTypes ?? []))
    return found
  })
  const places = yield* client.call("offerings", "zones", async (ec2, abortSignal) => {
    const found: Array<{ readonly type: string; readonly zone: string }> = []
    const query = { LocationType: "availability-zone", ...byType } as const
    for await (const page of paginateDescribeInstanceTypeOfferings({ client: ec2 }, query, { abortSignal }))
      for (const { InstanceType, Location } of page.InstanceTypeOfferings ?? [])
        if (InstanceType !== undefined && Location !== undefined) found.push({ type: InstanceType, zone: Location })
    return found
  })
  const nowMs = yield* Clock.currentTimeMillis
  const spot = yield* client.call("offerings", "spot prices", async (ec2, abortSignal) => {
    const prices = new Map<string, number>()
    // a start in the present gives the price that holds now and nothing of the past
    const query = {
      StartTime: new Date(nowMs),
      ProductDescriptions: ["Linux/UNIX"],
      ...(InstanceTypes === undefined ? {} : { InstanceTypes })
    }
    for await (const page of paginateDescribeSpotPriceHistory({ client: ec2 }, query, { abortSignal }))
      for (const { AvailabilityZone, InstanceType, SpotPrice } of page.SpotPriceHistory ?? []) {
        const price = parseUsd(SpotPrice ?? "")
        if (Result.isSuccess(price)) prices.set(`${InstanceType} ${AvailabilityZone}`, price.success)
      }
    return prices
  })
  return toOfferings(infos, places, spot, client.config.microUsdPerHour ?? {})
})

/** Pure: EC2's three lists as one list of ours, ordered by type, zone and market. */
export const toOfferings = (
  infos: ReadonlyArray<InstanceTypeInfo>,
  places: ReadonlyArray<{ readonly type: string; readonly zone: string }>,
  spot: ReadonlyMap<string, number>,
  ownPrices: Readonly<Record<string, number>>
): ReadonlyArray<Offering> => {
  const infoOf = new Map(infos.map((info) => [String(info.InstanceType), info]))
  return places
    .toSorted((a, b) => (a.type === b.type ? (a.zone < b.zone ? -1 : 1) : a.type < b.type ? -1 : 1))
    .flatMap(({ type, zone }) => {
      const info = infoOf.get(type)
      const onDemand = ownPrices[type] ?? onDemandMicroUsdPerHour[type]
      const spotPrice = spot.get(`${type} ${zone}`)
      if (info === undefined) return []
      const offer = (market: Offering["market"], microUsdPerHour: number | undefined): Offering => ({
        instanceType: type,
        zone,
        market,
        capacity: capacityOf(info),
        labels: labelsOf(info, type, zone),
        ...(microUsdPerHour === undefined ? { microUsdPerHour: 0, priceUnknown: true } : { microUsdPerHour })
      })
      return [
        offer("on-demand", onDemand),
        ...(info.SupportedUsageClasses?.includes("spot") === false ? [] : [offer("spot", spotPrice ?? onDemand)])
      ]
    })
}

const capacityOf = ({ GpuInfo, MemoryInfo, VCpuInfo }: InstanceTypeInfo): Offering["capacity"] => ({
  cpuMilli: (VCpuInfo?.DefaultVCpus ?? 0) * milli,
  memoryBytes: (MemoryInfo?.SizeInMiB ?? 0) * mebibyte,
  gpuMilli: (GpuInfo?.Gpus ?? []).reduce((sum, { Count = 0 }) => sum + Count, 0) * milli
})

const labelsOf = ({ ProcessorInfo }: InstanceTypeInfo, type: string, zone: string): Offering["labels"] => ({
  "node.kubernetes.io/instance-type": type,
  "topology.kubernetes.io/zone": zone,
  "kubernetes.io/arch": ProcessorInfo?.SupportedArchitectures?.includes("arm64") === true ? "arm64" : "amd64"
})
