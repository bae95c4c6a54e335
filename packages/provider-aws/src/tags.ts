import type { Machine, Ownership } from "@orrery/core"
import type { Instance, Tag } from "./Client.ts"

/** The tag every resource of ours carries from its first moment, and its value. */
export const mine = { key: "orrery:owner", value: "orrery" } as const
/** The tags that say to what a resource belongs. */
export const tagOf = {
  cluster: "orrery:cluster",
  pool: "orrery:pool",
  machine: "orrery:machine",
  template: "orrery:template",
  token: "orrery:token",
  lease: "orrery:lease-until",
  cordoned: "orrery:cordoned"
} as const

/** Tags as EC2 takes them. */
export const toTags = (tags: Readonly<Record<string, string>>): Array<Tag> =>
  Object.entries({ [mine.key]: mine.value, ...tags }).map(([Key, Value]) => ({ Key, Value }))

/** One tag's value; undefined where it is not there. */
export const readTag = (tags: ReadonlyArray<Tag> | undefined, key: string): string | undefined =>
  tags?.find(({ Key }) => Key === key)?.Value

/** The marks of one machine. */
export const ownershipTags = (owner: Ownership, token: string): Readonly<Record<string, string>> => ({
  Name: `${owner.cluster}-${owner.machine}`,
  [tagOf.cluster]: owner.cluster,
  [tagOf.pool]: owner.pool,
  [tagOf.machine]: owner.machine,
  [tagOf.template]: owner.template,
  [tagOf.token]: token
})

const states: Readonly<Record<string, Machine["state"]>> = {
  pending: "pending",
  running: "running",
  stopping: "stopping",
  stopped: "stopped",
  "shutting-down": "terminating",
  terminated: "terminated"
}

/** An instance as our vocabulary has it; undefined where it does not carry our marks. */
export const toMachine = ({ InstanceId, InstanceLifecycle, ...instance }: Instance): Machine | undefined => {
  const tag = (key: string) => readTag(instance.Tags, key)
  const cluster = tag(tagOf.cluster)
  const machine = tag(tagOf.machine)
  if (InstanceId === undefined || tag(mine.key) !== mine.value || cluster === undefined || machine === undefined)
    return undefined
  const token = tag(tagOf.token)
  const lease = tag(tagOf.lease)
  return {
    id: InstanceId,
    owner: { cluster, machine, pool: tag(tagOf.pool) ?? "", template: tag(tagOf.template) ?? "" },
    ...(token === undefined ? {} : { token }),
    state: states[instance.State?.Name ?? ""] ?? "pending",
    instanceType: instance.InstanceType ?? "",
    zone: instance.Placement?.AvailabilityZone ?? "",
    market: InstanceLifecycle === "spot" ? "spot" : "on-demand",
    ...(instance.PrivateIpAddress === undefined ? {} : { address: instance.PrivateIpAddress }),
    launchedAtMs: instance.LaunchTime?.getTime() ?? 0,
    ...(lease === undefined ? {} : { leaseUntilMs: Number(lease) }),
    cordoned: tag(tagOf.cordoned) === "true"
  }
}
