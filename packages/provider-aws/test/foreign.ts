import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand
} from "@aws-sdk/client-ec2"
import { Foreign } from "@orrery/contract"
import { Effect, Layer } from "effect"
import { config, endpoint } from "./server.ts"

const marks = "orrery-foreign"

const client = () =>
  new EC2Client({ endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } })

/** A machine that somebody else made; gives its id. */
export const launchForeign = async (name: string): Promise<string> =>
  (await client().send(machineLike(name))).Instances?.[0]?.InstanceId ?? ""

/** Machines in the same account that somebody else made, named as ours would be, but without our mark of ownership. */
export const foreign: Layer.Layer<Foreign> = Layer.sync(Foreign, () => {
  const ec2 = client()
  const planted = async () => {
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: `tag:${marks}`, Values: ["1"] }] })
    )
    return Reservations.flatMap(({ Instances = [] }) => Instances).filter(({ State }) => State?.Name === "running")
  }
  return Foreign.of({
    plant: (like) =>
      Effect.forEach(like, (name) => Effect.promise(() => ec2.send(machineLike(name))), { discard: true }),
    intact: Effect.promise(async () =>
      (await planted()).map(({ Tags = [] }) => Tags.find(({ Key }) => Key === "Name")?.Value ?? "")
    ),
    clear: Effect.promise(async () => {
      const InstanceIds = (await planted()).flatMap(({ InstanceId }) => (InstanceId === undefined ? [] : [InstanceId]))
      if (InstanceIds.length > 0) await ec2.send(new TerminateInstancesCommand({ InstanceIds }))
    })
  })
})

const machineLike = (name: string) =>
  new RunInstancesCommand({
    MinCount: 1,
    MaxCount: 1,
    ImageId: config.image,
    InstanceType: "t3.micro",
    TagSpecifications: [
      {
        ResourceType: "instance",
        Tags: [
          { Key: "Name", Value: `${name}-main-1` },
          { Key: "orrery:cluster", Value: name },
          { Key: marks, Value: "1" }
        ]
      }
    ]
  })
