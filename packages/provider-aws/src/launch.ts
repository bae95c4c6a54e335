import { because, InvalidInput, type LaunchRequest, type Machine, printUsd, Unclassified } from "@orrery/core"
import { Clock, Effect } from "effect"
import {
  Client,
  DescribeImagesCommand,
  DescribeSubnetsCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput
} from "./Client.ts"
import { observeOne } from "./observe.ts"
import { ownershipTags, tagOf, toMachine, toTags } from "./tags.ts"

/** A reply about a machine launched longer ago than this is a replay of an old token's: its machine may be gone. */
const replayAfterMs = 120_000

/** Rents one machine. All marks are in the one call that makes it, so a crash leaves no machine without an owner. */
export const launch = Effect.fn("aws.launch")(function* (request: LaunchRequest) {
  const client = yield* Client
  const image = request.image ?? client.config.image
  if (image === undefined)
    return yield* because(
      new InvalidInput({
        backend: "aws",
        operation: "launch",
        problems: [
          {
            path: `node_pools.${request.owner.pool}.image`,
            message: "no machine image is given",
            remedy: "name an AMI in the pool's `image` or in the provider's configuration"
          }
        ]
      })
    )
  const subnet = yield* subnetOf(request)
  const rootDevice = request.diskBytes === undefined ? undefined : yield* rootDeviceOf(image)
  const reply = yield* client.call("launch", request.instanceType, (ec2, abortSignal) =>
    ec2.send(new RunInstancesCommand(toRunInstances(request, image, subnet, rootDevice)), { abortSignal })
  )
  const machine = reply.Instances?.map(toMachine).find((found) => found !== undefined)
  if (machine === undefined)
    return yield* because(
      new Unclassified({
        backend: "aws",
        operation: "launch",
        detail: "RunInstances answered without a machine of ours"
      })
    )
  const nowMs = yield* Clock.currentTimeMillis
  if (nowMs - machine.launchedAtMs < replayAfterMs) return machine
  const gone: Machine = { ...machine, state: "terminated" }
  return (yield* observeOne(machine.id)) ?? gone
})

/** The first of the pool's subnets, in the zone where one is asked for. */
const subnetOf = Effect.fnUntraced(function* ({ network: { subnets }, zone }: LaunchRequest) {
  if (zone === undefined || subnets.length === 0) return subnets[0]
  const client = yield* Client
  const reply = yield* client.call("launch", subnets.join(","), (ec2, abortSignal) =>
    ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...subnets] }), { abortSignal })
  )
  return (reply.Subnets ?? []).find(({ AvailabilityZone }) => AvailabilityZone === zone)?.SubnetId
})

const rootDeviceOf = Effect.fnUntraced(function* (image: string) {
  const client = yield* Client
  const reply = yield* client.call("launch", image, (ec2, abortSignal) =>
    ec2.send(new DescribeImagesCommand({ ImageIds: [image] }), { abortSignal })
  )
  return reply.Images?.[0]?.RootDeviceName
})

/** Pure: the whole of a machine as one EC2 request. */
export const toRunInstances = (
  request: LaunchRequest,
  image: string,
  subnet: string | undefined,
  rootDevice: string | undefined
): RunInstancesCommandInput => {
  const { diskBytes, leaseUntilMs, market, maxMicroUsdPerHour, network, owner, token, userData, zone } = request
  const tags = toTags({
    ...ownershipTags(owner, token),
    ...(leaseUntilMs === undefined ? {} : { [tagOf.lease]: String(leaseUntilMs) })
  })
  return {
    MinCount: 1,
    MaxCount: 1,
    ClientToken: token,
    ImageId: image,
    InstanceType: request.instanceType as NonNullable<RunInstancesCommandInput["InstanceType"]>,
    TagSpecifications: (["instance", "volume"] as const).map((ResourceType) => ({ ResourceType, Tags: tags })),
    ...(subnet === undefined ? {} : { SubnetId: subnet }),
    ...(subnet === undefined && zone !== undefined ? { Placement: { AvailabilityZone: zone } } : {}),
    ...(network.securityGroups.length === 0 ? {} : { SecurityGroupIds: [...network.securityGroups] }),
    ...(userData === undefined ? {} : { UserData: Buffer.from(userData, "utf8").toString("base64") }),
    // a machine whose lease timer shuts it down must end, not lie around stopped and paid for
    InstanceInitiatedShutdownBehavior: "terminate",
    MetadataOptions: { HttpTokens: "required" },
    ...(diskBytes === undefined || rootDevice === undefined
      ? {}
      : {
          BlockDeviceMappings: [
            { DeviceName: rootDevice, Ebs: { VolumeSize: Math.ceil(diskBytes / 2 ** 30), DeleteOnTermination: true } }
          ]
        }),
    ...(market === "on-demand"
      ? {}
      : {
          InstanceMarketOptions: {
            MarketType: "spot",
            SpotOptions: {
              SpotInstanceType: "one-time",
              InstanceInterruptionBehavior: "terminate",
              ...(maxMicroUsdPerHour === undefined ? {} : { MaxPrice: printUsd(maxMicroUsdPerHour) })
            }
          }
        })
  }
}
