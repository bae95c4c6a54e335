import { because, CapacityExhausted, type LaunchRequest, type Network } from "@orrery/core"
import { Effect } from "effect"
import { Client, paginateDescribeSubnets, type Subnet } from "./Client.ts"

/** The subnets a cluster may use: those it names, or all of the private network it names; none is the account's default. */
const subnetsOf = Effect.fnUntraced(function* ({ subnets, vpc }: Network) {
  if (subnets.length === 0 && vpc === undefined) return []
  const client = yield* Client
  const query =
    subnets.length > 0 ? { SubnetIds: [...subnets] } : { Filters: [{ Name: "vpc-id", Values: [vpc ?? ""] }] }
  return yield* client.call("subnets", subnets.join(",") || (vpc ?? ""), async (ec2, abortSignal) => {
    const found: Array<Subnet> = []
    for await (const page of paginateDescribeSubnets({ client: ec2 }, query, { abortSignal }))
      found.push(...(page.Subnets ?? []))
    return found
  })
})

/** Where a machine is attached, in the zone asked for; undefined leaves it to the account's default network. */
export const subnetFor = Effect.fnUntraced(function* ({ instanceType, market, network, zone }: LaunchRequest) {
  const [only, ...others] = network.subnets
  if (only !== undefined && others.length === 0 && zone === undefined) return only
  const subnets = yield* subnetsOf(network)
  const fitting = subnets.filter(({ AvailabilityZone }) => zone === undefined || AvailabilityZone === zone)
  const ids = fitting.flatMap(({ SubnetId }) => SubnetId ?? []).toSorted()
  // as they are named, the first goes first
  const chosen = network.subnets.find((id) => ids.includes(id)) ?? ids[0]
  if (chosen === undefined && (network.subnets.length > 0 || network.vpc !== undefined))
    return yield* because(
      new CapacityExhausted({
        backend: "aws",
        operation: "launch",
        offering: `${instanceType} ${market} in ${zone}, where the cluster has no subnet`
      })
    )
  return chosen
})

/** The private network that a cluster's machines are in; undefined is the account's default. */
export const vpcOf = Effect.fnUntraced(function* (network: Network) {
  if (network.vpc !== undefined || network.subnets.length === 0) return network.vpc
  return (yield* subnetsOf(network))[0]?.VpcId
})
