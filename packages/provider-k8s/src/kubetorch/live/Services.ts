import { dirname } from "node:path/posix"
import type { Readable, Writable } from "node:stream"
import {
  because,
  type Capabilities,
  type ComputeError,
  type LogLine,
  type LogOptions,
  NotFound,
  type Ref
} from "@orrery/core"
import { Context, Effect, Layer, type Scope, Stream } from "effect"
import { Client } from "../../Client.ts"
import { capabilitiesWith } from "../../capabilities.ts"
import type { K8sConfig } from "../../connection/kubeconfig.ts"
import { pathOf } from "../../objects/paths.ts"
import { destroy } from "../../objects/stored.ts"
import { untilOver } from "../../objects/untilOver.ts"
import type { WirePod } from "../../objects/wire.ts"
import { type Synced, type SyncOptions, sync } from "../../pods/copy.ts"
import { attachTo } from "../../pods/exec.ts"
import { followLogs, readLogs } from "../../pods/logs.ts"
import { portForward } from "../../pods/portForward.ts"
import type { ComputeOptions } from "../ComputeOptions.ts"
import { labelKeys, serverPort } from "../names.ts"
import { readManifest, type ServiceView } from "../readManifest.ts"
import { servicePods } from "./awaitUp.ts"
import { findService, namespaceOf, subject } from "./kinds.ts"
import { type LaunchOptions, launch } from "./launch.ts"

/** One pod of a service, as people ask for it. */
export interface ServicePod {
  readonly name: string
  readonly phase: string
  readonly node?: string
}

/** A person's terminal, or what stands for one. */
export interface Terminal {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
}

/** Services as they run: made, looked at, talked to and taken away. */
export class Services extends Context.Service<
  Services,
  {
    readonly backend: string
    readonly capabilities: Capabilities
    /** Makes a service and all it needs, or brings it up to what is asked for, and waits until it answers. */
    readonly launch: (options: ComputeOptions, how?: LaunchOptions) => Effect.Effect<ServiceView, ComputeError>
    /** Every property of a service, out of its live manifest. */
    readonly get: (service: Ref) => Effect.Effect<ServiceView, ComputeError>
    readonly pods: (service: Ref) => Effect.Effect<ReadonlyArray<ServicePod>, ComputeError>
    /** Whether there are pods and all of them run. */
    readonly isUp: (service: Ref) => Effect.Effect<boolean, ComputeError>
    readonly logs: (service: Ref, options?: LogOptions) => Stream.Stream<LogLine, ComputeError>
    /** A shell on the first pod; gives its exit code. */
    readonly ssh: (
      service: Ref,
      terminal: Terminal,
      command?: ReadonlyArray<string>
    ) => Effect.Effect<number, ComputeError>
    /** Brings a directory of every pod up to one here. */
    readonly rsync: (
      service: Ref,
      from: string,
      to: string,
      options?: SyncOptions
    ) => Effect.Effect<ReadonlyArray<Synced>, ComputeError>
    /** A local port that leads to the service's own for as long as the scope lives. */
    readonly clientPort: (service: Ref, port?: number) => Effect.Effect<number, ComputeError, Scope.Scope>
    /** Removes it with its pods and addresses; claims and secrets, which others may use, stay. */
    readonly remove: (service: Ref) => Effect.Effect<void, ComputeError>
  }
>()("@orrery/provider-k8s/Services") {
  static readonly layer = (config: K8sConfig = {}): Layer.Layer<Services, ComputeError> =>
    Layer.effect(Services, services).pipe(Layer.provide(Client.layer(config)))
}

const view = (ref: Ref) => Effect.map(findService("get", ref), ({ manifest }) => readManifest(manifest))

const podsOf = (operation: string, ref: Ref) =>
  Effect.andThen(view(ref), Stream.runCollect(servicePods(operation, ref)))

const isHead = ({ metadata }: WirePod): boolean =>
  metadata?.labels?.["ray.io/node-type"] === "head" || metadata?.labels?.["training.kubeflow.org/job-role"] === "master"

/** Where one goes first: the head of a Ray cluster or a training job, else any pod that runs. */
const headOf = Effect.fnUntraced(function* (operation: string, ref: Ref) {
  const running = (yield* podsOf(operation, ref)).filter(({ status }) => status?.phase === "Running")
  const name = (running.find(isHead) ?? running[0])?.metadata?.name
  if (name !== undefined) return { name, namespace: namespaceOf(ref) }
  return yield* because(
    new NotFound({ backend: "kubernetes", operation, kind: "running pod", name: `of the service ${ref.name}` })
  )
})

/** bash where the image has it. */
const shell = ["/bin/sh", "-c", 'exec "$(command -v bash || echo sh)"']

const logs = (ref: Ref, options: LogOptions = {}) =>
  Stream.unwrap(
    Effect.map(findService("logs", ref), ({ path }) => {
      if (options.follow !== true) return readLogs(servicePods("logs", ref), options)
      const ended = untilOver({ ...subject("logs", ref), path: dirname(path) })
      const query = { labelSelector: `${labelKeys.service}=${ref.name}` }
      return followLogs({ namespace: namespaceOf(ref), query, ended }, options)
    })
  )

const rsync = Effect.fn("kubernetes.rsync")(function* (ref: Ref, from: string, to: string, options?: SyncOptions) {
  const running = (yield* podsOf("rsync", ref)).filter(({ status }) => status?.phase === "Running")
  const targets = running.map(({ metadata }) => ({ name: metadata?.name ?? "", namespace: namespaceOf(ref) }))
  return yield* Effect.forEach(targets, (pod) => sync(pod, from, to, options), { concurrency: 4 })
})

const remove = Effect.fn("kubernetes.removeService")(function* (ref: Ref) {
  // a look that failed does not say that there is none
  const found = yield* Effect.map(findService("remove", ref), ({ path }): string | undefined => path).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.as(Effect.void, undefined)
    )
  )
  const addresses = Effect.forEach(
    ["", "-headless"],
    (suffix) => {
      const name = `${ref.name}${suffix}`
      const path = pathOf("v1", "services", { namespace: namespaceOf(ref), name })
      return destroy(
        { operation: "remove", kind: "service", name, path },
        { graceMs: 0, holders: Effect.succeed([]), companions: Effect.void }
      )
    },
    { discard: true }
  )
  if (found === undefined) return yield* addresses
  const holders = Effect.map(Stream.runCollect(servicePods("remove", ref)), (left) =>
    left.map(({ metadata }) => `pod ${metadata?.name ?? ""}`)
  )
  yield* destroy({ ...subject("remove", ref), path: found }, { graceMs: 30_000, holders, companions: addresses })
})

const toServicePod = ({ metadata, spec, status }: WirePod): ServicePod => ({
  name: metadata?.name ?? "",
  phase: status?.phase ?? "Unknown",
  ...(spec?.nodeName === undefined ? {} : { node: spec.nodeName })
})

const services = Effect.map(Client, (client): Services["Service"] => {
  const run = <A, R>(effect: Effect.Effect<A, ComputeError, Client | R>) =>
    Effect.provideService(effect, Client, client)
  return {
    backend: "kubernetes",
    capabilities: capabilitiesWith(client.config.machines),
    launch: (options, how) => run(launch(options, how)),
    get: (service) => run(view(service)),
    pods: (service) => run(Effect.map(podsOf("pods", service), (pods) => pods.map(toServicePod))),
    isUp: (service) =>
      run(
        Effect.map(
          podsOf("isUp", service),
          (pods) => pods.length > 0 && pods.every(({ status }) => status?.phase === "Running")
        )
      ),
    logs: (service, options) => Stream.provideService(logs(service, options), Client, client),
    ssh: (service, terminal, command = shell) =>
      run(Effect.flatMap(headOf("ssh", service), (pod) => attachTo(pod, command, { ...terminal, tty: true }))),
    rsync: (service, from, to, options) => run(rsync(service, from, to, options)),
    clientPort: (service, port = serverPort) =>
      run<number, Scope.Scope>(Effect.flatMap(headOf("clientPort", service), (pod) => portForward(pod, port))),
    remove: (service) => run(remove(service))
  }
})
