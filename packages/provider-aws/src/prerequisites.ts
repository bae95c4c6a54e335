import { because, Conflict, Leftovers, type Network } from "@orrery/core"
import { Effect } from "effect"
import {
  Client,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  paginateDescribeSecurityGroups,
  type SecurityGroup
} from "./Client.ts"
import { vpcOf } from "./subnets.ts"
import { mine, tagOf, toTags } from "./tags.ts"

const groupName = (cluster: string) => `orrery-${cluster}`

const ours = Effect.fnUntraced(function* (cluster: string) {
  const client = yield* Client
  return yield* client.call("prerequisites", cluster, async (ec2, abortSignal) => {
    const groups: Array<SecurityGroup> = []
    const Filters = [
      { Name: `tag:${mine.key}`, Values: [mine.value] },
      { Name: `tag:${tagOf.cluster}`, Values: [cluster] }
    ]
    for await (const page of paginateDescribeSecurityGroups({ client: ec2 }, { Filters }, { abortSignal }))
      groups.push(...(page.SecurityGroups ?? []))
    return groups
  })
})

/** Gives the network with a security group in it: those asked for, or one of our own that lets nothing in. */
export const ensure = Effect.fn("aws.ensure")(function* (cluster: string, network: Network) {
  if (network.securityGroups.length > 0) return network
  const [found] = yield* ours(cluster)
  const id = found?.GroupId ?? (yield* create(cluster, yield* vpcOf(network)))
  return { ...network, securityGroups: id === undefined ? [] : [id] }
})

const create = Effect.fnUntraced(function* (cluster: string, vpc: string | undefined) {
  const client = yield* Client
  const name = groupName(cluster)
  const tags = toTags({ Name: name, [tagOf.cluster]: cluster })
  const wanted = new CreateSecurityGroupCommand({
    GroupName: name,
    Description: `machines of cluster ${cluster}`,
    ...(vpc === undefined ? {} : { VpcId: vpc }),
    TagSpecifications: [{ ResourceType: "security-group", Tags: tags }]
  })
  return yield* client
    .call("prerequisites", name, (ec2, abortSignal) => ec2.send(wanted, { abortSignal }))
    .pipe(
      Effect.map(({ GroupId }) => GroupId),
      Effect.catchIf(
        (error) => error.reason._tag === "Conflict",
        () => again(cluster)
      )
    )
})

/** The name exists: made by another run of ours a moment ago, or by somebody else. */
const again = Effect.fnUntraced(function* (cluster: string) {
  const [found] = yield* ours(cluster)
  return (
    found?.GroupId ??
    (yield* because(
      new Conflict({
        backend: "aws",
        operation: "prerequisites",
        kind: "security group",
        name: groupName(cluster),
        detail: "it is there and not ours"
      })
    ))
  )
})

/** Removes what `ensure` made. A group still held by a machine that is going is a leftover for the next run. */
export const remove = Effect.fn("aws.removePrerequisites")(function* (cluster: string) {
  const client = yield* Client
  const held: Array<string> = []
  for (const { GroupId = "" } of yield* ours(cluster))
    yield* client
      .call("prerequisites", GroupId, (ec2, abortSignal) =>
        ec2.send(new DeleteSecurityGroupCommand({ GroupId }), { abortSignal })
      )
      .pipe(
        Effect.catchIf(
          (error) => error.reason._tag === "NotFound",
          () => Effect.void
        ),
        Effect.catchIf(
          (error) => error.reason._tag === "Stale",
          () => Effect.sync(() => held.push(`security group ${GroupId}`))
        )
      )
  if (held.length > 0) return yield* because(new Leftovers({ backend: "aws", operation: "prerequisites", items: held }))
})
