import type { Machine } from "@orrery/core"
import { Effect } from "effect"
import { Client, DescribeInstancesCommand, type Instance, paginateDescribeInstances } from "./Client.ts"
import { noticed } from "./reclaim.ts"
import { mine, tagOf, toMachine } from "./tags.ts"

/** Every machine of one cluster, or of all of ours; all pages, or a failure. */
export const observe = Effect.fn("aws.observe")(function* (cluster?: string) {
  const client = yield* Client
  const machines = yield* client.call("observe", cluster ?? "machines", async (ec2, abortSignal) => {
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
  return yield* noticed(machines)
})

/** One instance by its id, whoever it belongs to; undefined where EC2 does not show it, or not yet. */
export const lookAt = Effect.fnUntraced(function* (id: string) {
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
  return (reply.Reservations ?? []).flatMap(({ Instances = [] }): ReadonlyArray<Instance> => Instances)[0]
})

/** The machine of ours that was launched with a token; undefined where EC2 shows none. */
export const observeByToken = Effect.fnUntraced(function* (token: string) {
  const client = yield* Client
  const reply = yield* client.call("observe", token, (ec2, abortSignal) =>
    ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: "client-token", Values: [token] }] }), { abortSignal })
  )
  return (reply.Reservations ?? [])
    .flatMap(({ Instances = [] }) => Instances)
    .map(toMachine)
    .find((machine) => machine !== undefined)
})
