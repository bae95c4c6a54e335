import type { Machine } from "@orrery/core"
import { Effect } from "effect"
import { Client, paginateDescribeSpotInstanceRequests, type SpotInstanceRequest } from "./Client.ts"

/** How long before it takes a spot machine away EC2 says so. */
const noticeMs = 120_000

const isTaken = ({ market, state }: Machine): boolean =>
  market === "spot" && state !== "terminated" && state !== "terminating"

/** The machines, each with the time at which EC2 has said that it will take it away. */
export const noticed = Effect.fnUntraced(function* (machines: ReadonlyArray<Machine>) {
  if (!machines.some(isTaken)) return machines
  const client = yield* Client
  const requests = yield* client.call("observe", "spot requests", async (ec2, abortSignal) => {
    const found: Array<SpotInstanceRequest> = []
    const Filters = [{ Name: "status-code", Values: ["marked-for-termination"] }]
    for await (const page of paginateDescribeSpotInstanceRequests({ client: ec2 }, { Filters }, { abortSignal }))
      found.push(...(page.SpotInstanceRequests ?? []))
    return found
  })
  return withNotices(machines, requests)
})

/** Pure: machines and the requests that are marked, put together. */
export const withNotices = (
  machines: ReadonlyArray<Machine>,
  requests: ReadonlyArray<SpotInstanceRequest>
): ReadonlyArray<Machine> => {
  const markedAtMs = new Map(
    requests.map(({ InstanceId, Status }) => [InstanceId ?? "", Status?.UpdateTime?.getTime() ?? 0])
  )
  return machines.map((machine) => {
    const atMs = markedAtMs.get(machine.id)
    return atMs === undefined ? machine : { ...machine, reclaimAtMs: atMs + noticeMs }
  })
}
