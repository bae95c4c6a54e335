import {
  because,
  type ComputeError,
  InvalidInput,
  type LaunchRequest,
  type Machine,
  offeringName,
  printUsd,
  Stale,
  Unclassified
} from "@orrery/core"
import { Clock, Effect } from "effect"
import { bootstrap } from "./bootstrap.ts"
import { Client, RunInstancesCommand, type RunInstancesCommandInput } from "./Client.ts"
import { lookAt, observeByToken } from "./observe.ts"
import type { rememberedRootDevices } from "./rememberedRootDevices.ts"
import { subnetFor } from "./subnets.ts"
import { ownershipTags, tagOf, toMachine, toTags } from "./tags.ts"

/** A reply about a machine launched longer ago than this is a replay of an old token's: its machine may be gone. */
const replayAfterMs = 120_000
/** EC2 shows an ended machine for about an hour: younger ones that it does not show are not gone but not visible yet. */
const forgottenAfterMs = 1_800_000
/** EC2 takes user data of 16 KiB. */
const userDataBytesMax = 16_384

type RootDeviceOf = ReturnType<typeof rememberedRootDevices>

/** Rents one machine. All marks are in the one call that makes it, so a crash leaves no machine without an owner. */
export const launch = Effect.fn("aws.launch")(function* (request: LaunchRequest, rootDeviceOf: RootDeviceOf) {
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
  const userData = yield* userDataOf(request)
  const subnet = yield* subnetFor(request)
  const rootDevice = yield* rootDeviceOf(image)
  const input = toRunInstances(
    { ...request, ...(userData === undefined ? {} : { userData }) },
    image,
    subnet,
    rootDevice
  )
  const machine = yield* run(request, input)
  // by our clock, which may be minutes ahead of EC2's
  const ageMs = (yield* Clock.currentTimeMillis) - machine.launchedAtMs
  if (ageMs < replayAfterMs) return machine
  const now = yield* lookAt(machine.id)
  if (now !== undefined) return toMachine(now) ?? machine
  const gone: Machine = { ...machine, state: "terminated" }
  return ageMs < forgottenAfterMs ? machine : gone
})

/** What is asked for, as a person would say it. */
const nameOf = ({ zone = "any zone", ...offering }: LaunchRequest): string => offeringName({ zone, ...offering })

const run = Effect.fnUntraced(function* (request: LaunchRequest, input: RunInstancesCommandInput) {
  const client = yield* Client
  const reply = yield* client
    .call("launch", nameOf(request), (ec2, abortSignal) => ec2.send(new RunInstancesCommand(input), { abortSignal }))
    .pipe(
      Effect.map(({ Instances = [] }) => Instances.map(toMachine).find((found) => found !== undefined)),
      Effect.catchIf(
        ({ reason }) => reason.code === "IdempotentParameterMismatch",
        (mismatch) => sameWish(request, mismatch)
      ),
      Effect.catchIf(({ reason }) => reason.code === "InvalidGroup.NotFound", notYetVisible)
    )
  return (
    reply ??
    (yield* because(
      new Unclassified({
        backend: "aws",
        operation: "launch",
        detail: "RunInstances answered without a machine of ours"
      })
    ))
  )
})

/**
 * The token was used by a request with other parameters: another zone or type that was taken before a crash, or a lease
 * of another moment. What it stands for is the same machine all the same.
 */
const sameWish = ({ token }: LaunchRequest, mismatch: ComputeError) =>
  Effect.filterOrFail(
    observeByToken(token),
    (machine) => machine !== undefined,
    () => mismatch
  )

/** A security group that was made a moment ago may not be known everywhere yet. */
const notYetVisible = ({ reason }: ComputeError) =>
  because(
    new Stale({
      backend: "aws",
      operation: "launch",
      code: reason.code ?? "",
      detail: "its security group is not there, or not visible yet"
    })
  )

const userDataOf = Effect.fnUntraced(function* (request: LaunchRequest) {
  const userData = request.userData ?? bootstrap(request)
  const size = Buffer.byteLength(userData ?? "")
  if (size <= userDataBytesMax) return userData
  return yield* because(
    new InvalidInput({
      backend: "aws",
      operation: "launch",
      problems: [
        {
          path: `node_pools.${request.owner.pool}.labels`,
          message: `what machines are told at their first boot is ${size} bytes, EC2 takes at most ${userDataBytesMax}`,
          remedy: "use fewer or shorter labels"
        }
      ]
    })
  )
})

/** Disks are encrypted with the account's own key, and end with their machines. */
const volume = { Encrypted: true, DeleteOnTermination: true } as const
/** Without a size, a disk is as large as its image. */
const sizeOf = (diskBytes: number | undefined) =>
  diskBytes === undefined ? {} : { VolumeSize: Math.ceil(diskBytes / 2 ** 30) }

/** What comes with a machine and is marked as ours in the same call. */
const marked = ["instance", "volume"] as const

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
    TagSpecifications: [...marked, ...(market === "spot" ? (["spot-instances-request"] as const) : [])].map(
      (ResourceType) => ({ ResourceType, Tags: tags })
    ),
    ...(subnet === undefined ? {} : { SubnetId: subnet }),
    ...(subnet === undefined && zone !== undefined ? { Placement: { AvailabilityZone: zone } } : {}),
    ...(network.securityGroups.length === 0 ? {} : { SecurityGroupIds: [...network.securityGroups] }),
    ...(userData === undefined ? {} : { UserData: Buffer.from(userData, "utf8").toString("base64") }),
    // a machine whose lease timer shuts it down must end, not lie around stopped and paid for
    InstanceInitiatedShutdownBehavior: "terminate",
    // a machine reads its own lease from its tags
    MetadataOptions: { HttpTokens: "required", InstanceMetadataTags: "enabled" },
    ...(rootDevice === undefined
      ? {}
      : { BlockDeviceMappings: [{ DeviceName: rootDevice, Ebs: { ...volume, ...sizeOf(diskBytes) } }] }),
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
