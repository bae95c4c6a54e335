import type { Machine } from "@orrery/core"
import { Effect } from "effect"
import { Client, DescribeInstancesCommand, paginateDescribeInstances } from "./Client.ts"
import { mine, tagOf, toMachine } from "./tags.ts"

/** Every machine of one cluster, or of all of ours; all pages, or a failure. */
export const observe = Effect.fn("aws.observe")(function* (cluster?: string) {
  const client = yield* Client
  return yield* client.call("observe", cluster ?? "machines", async (ec2, abortSignal) => {
    const machines: Array<Machine> = []
    const Filters = [
      { Name: `tag:${mine.key}`, Values: [mine.value] },
      ...(cluster === undefined ? [] : [{ Name: `tag:${tagOf.cluster}`, Values: [cluster] }])
    ]
    // an empty page may have a next one, so only the missing token ends the list
    for await (const page of paginateDescribeInstances({ client: ec2 }, { Filters, MaxResults: 1000 }, { abortSignal }))
      for (const { Instances = [] } of page.Reservations ?? [])
        for (const instance of Instances) {
          const machine = toMachine(instance)
          if (machine !== undefined) machines.push(machine)
        }
    return machines.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  })
})

/** One machine by its id; undefined where EC2 has forgotten it, or it is not ours. */
export const observeOne = Effect.fnUntraced(function* (id: string) {
  const client = yield* Client
  const reply = yield* client
    .call("observe", id, (ec2, abortSignal) =>
      ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }), { abortSignal })
    )
    .pipe(
      Effect.catchIf(
        (error) => error.reason._tag === "NotFound",
        () => Effect.succeed({ Reservations: [] })
      )
    )
  const [instance] = (reply.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)
  return instance === undefined ? undefined : toMachine(instance)
})
