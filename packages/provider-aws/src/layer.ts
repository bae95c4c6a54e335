import {
  because,
  type ClusterManager,
  type ComputeError,
  clusterManagerFromMachines,
  type FleetOptions,
  Machines,
  NotFound
} from "@orrery/core"
import { Effect, Layer } from "effect"
import {
  type AwsConfig,
  Client,
  CreateTagsCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand
} from "./Client.ts"
import { capabilities } from "./capabilities.ts"
import { listGoals, readGoal, removeGoal, writeGoal } from "./goals.ts"
import { launch } from "./launch.ts"
import { lookAt, observe } from "./observe.ts"
import { ensure, remove } from "./prerequisites.ts"
import { sameRegion } from "./region.ts"
import { rememberedOfferings } from "./rememberedOfferings.ts"
import { rememberedRootDevices } from "./rememberedRootDevices.ts"
import { tagOf, toMachine } from "./tags.ts"

const terminate = Effect.fn("aws.terminate")(function* (ids: ReadonlyArray<string>) {
  const client = yield* Client
  // EC2 refuses the whole list for one unknown id, and a machine that is forgotten already is what was wanted
  yield* Effect.forEach(
    ids,
    (id) =>
      client
        .call("terminate", id, (ec2, abortSignal) =>
          ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }), { abortSignal })
        )
        .pipe(
          Effect.catchIf(
            (error) => error.reason._tag === "NotFound",
            () => Effect.void
          )
        ),
    { concurrency: 4, discard: true }
  )
})

const start = Effect.fn("aws.start")(function* (id: string) {
  const client = yield* Client
  yield* client.call("start", id, (ec2, abortSignal) =>
    ec2.send(new StartInstancesCommand({ InstanceIds: [id] }), { abortSignal })
  )
})

const stop = Effect.fn("aws.stop")(function* (id: string) {
  const client = yield* Client
  yield* client.call("stop", id, (ec2, abortSignal) =>
    ec2.send(new StopInstancesCommand({ InstanceIds: [id] }), { abortSignal })
  )
})

const mark = Effect.fn("aws.mark")(function* (
  id: string,
  { cordoned, leaseUntilMs }: { readonly cordoned?: boolean; readonly leaseUntilMs?: number }
) {
  const client = yield* Client
  const Tags = [
    ...(cordoned === undefined ? [] : [{ Key: tagOf.cordoned, Value: String(cordoned) }]),
    ...(leaseUntilMs === undefined ? [] : [{ Key: tagOf.lease, Value: String(leaseUntilMs) }])
  ]
  if (Tags.length === 0) return
  // tags can be put on anything in the account: not on what is somebody else's; what is not shown yet may be our newest
  const found = yield* lookAt(id)
  if (found !== undefined && toMachine(found) === undefined)
    return yield* because(new NotFound({ backend: "aws", operation: "mark", kind: "machine", name: id }))
  yield* client.call("mark", id, (ec2, abortSignal) =>
    ec2.send(new CreateTagsCommand({ Resources: [id], Tags }), { abortSignal })
  )
})

/** EC2 as the port for rented machines. */
export const machines = (config: AwsConfig): Layer.Layer<Machines, ComputeError> =>
  Layer.effect(
    Machines,
    Effect.gen(function* () {
      const client = yield* Client
      const offerings = rememberedOfferings()
      const rootDeviceOf = rememberedRootDevices()
      const run = <A>(effect: Effect.Effect<A, ComputeError, Client>) => Effect.provideService(effect, Client, client)
      return Machines.of({
        backend: "aws",
        capabilities,
        offerings: (region, types) => run(Effect.andThen(sameRegion(region), offerings(types))),
        observe: (cluster) => run(observe(cluster)),
        launch: (request) => run(launch(request, rootDeviceOf)),
        terminate: (ids) => run(terminate(ids)),
        start: (id) => run(start(id)),
        stop: (id) => run(stop(id)),
        mark: (id, marks) => run(mark(id, marks)),
        goals: {
          list: run(listGoals),
          read: (cluster) => run(readGoal(cluster)),
          write: (goal, expected) => run(writeGoal(goal, expected)),
          remove: (cluster) => run(removeGoal(cluster))
        },
        prerequisites: {
          ensure: (cluster, network) => run(ensure(cluster, network)),
          remove: (cluster) => run(remove(cluster))
        }
      })
    })
  ).pipe(Layer.provide(Client.layer(config)))

/** EC2 as a cluster manager: the port above, with core's own goal, plan and convergence. */
export const layer = (config: AwsConfig, options: FleetOptions = {}): Layer.Layer<ClusterManager, ComputeError> =>
  clusterManagerFromMachines(options).pipe(Layer.provide(machines(config)))
