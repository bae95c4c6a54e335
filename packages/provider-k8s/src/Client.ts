import { existsSync } from "node:fs"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { Readable, Writable } from "node:stream"
import {
  Exec,
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  KubeConfig,
  PortForward,
  RequestContext,
  type ResponseContext,
  type V1Status
} from "@kubernetes/client-node"
import { because, type ComputeError, InvalidInput } from "@orrery/core"
import { Context, Effect, Layer, type Scope, Stream } from "effect"
import { collector, inChunks } from "./buffers.ts"
import { classify, type Fault, type Subject } from "./classify.ts"
import { type K8sConfig, kubeconfigFiles } from "./kubeconfig.ts"
import { listen } from "./listen.ts"

export type {
  V1Affinity,
  V1Container,
  V1ContainerStatus,
  V1Deployment,
  V1EnvVar,
  V1Job,
  V1LabelSelector,
  V1Node,
  V1NodeSelectorTerm,
  V1Pod,
  V1PodAffinityTerm,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Probe,
  V1ReplicaSet,
  V1Volume,
  V1VolumeMount
} from "@kubernetes/client-node"

/** One request: where it goes, and what it is about, for errors. */
export interface Call extends Subject {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  readonly contentType?: string
}

/** One command in one container. */
export interface ExecCall extends Subject {
  readonly namespace: string
  readonly container: string
  readonly command: ReadonlyArray<string>
  readonly stdin?: string
}

/** What a command printed, and the API server's verdict on it. */
export interface ExecReply {
  readonly stdout: string
  readonly stderr: string
  readonly status: V1Status
}

/** The API server itself. The only place that holds the SDK: one call is one request, retried by nobody. */
export class Client extends Context.Service<
  Client,
  {
    readonly config: K8sConfig
    /** The name of the cluster in the kubeconfig: what nodes that say nothing else belong to. */
    readonly cluster: string
    readonly request: <A>(call: Call) => Effect.Effect<A, ComputeError>
    /** The reply line by line while it is written: watches and followed logs. */
    readonly lines: (call: Call) => Stream.Stream<string, ComputeError>
    readonly exec: (call: ExecCall) => Effect.Effect<ExecReply, ComputeError>
    /** Listens on the loopback for as long as the scope lives; gives the port. */
    readonly forward: (
      call: Subject & { readonly namespace: string },
      port: number
    ) => Effect.Effect<number, ComputeError, Scope.Scope>
  }
>()("@orrery/provider-k8s/Client") {
  static readonly layer = (config: K8sConfig): Layer.Layer<Client, ComputeError> =>
    Layer.effect(
      Client,
      Effect.gen(function* () {
        const kube = yield* load(config)
        const where = `context ${kube.getCurrentContext()}, server ${kube.getCurrentCluster()?.server}`
        const send = sender(kube)
        const attempt = <A>(subject: Subject, run: (signal: AbortSignal) => Promise<A>) =>
          Effect.tryPromise({ try: run, catch: (fault) => classify(subject, where, faultOf(fault)) })
        return Client.of({
          config,
          cluster: kube.getCurrentCluster()?.name ?? "kubernetes",
          request: <A>(call: Call) =>
            attempt(call, async (signal): Promise<A> => {
              return JSON.parse(await (await send(call, signal)).body.text())
            }),
          lines: (call) =>
            Stream.unwrap(
              Effect.map(
                attempt(call, (signal) => send(call, signal)),
                ({ body }) =>
                  Stream.fromReadableStream({
                    evaluate: () => body.stream() ?? Readable.toWeb(Readable.from([])),
                    onError: (fault) => classify(call, where, faultOf(fault))
                  })
              )
            ).pipe(Stream.decodeText, Stream.splitLines),
          exec: (call) => attempt(call, (signal) => run(kube, call, signal)),
          forward: (call, port) =>
            Effect.map(
              Effect.acquireRelease(
                attempt(call, () => listen((socket) => join(kube, call, port, socket))),
                (open) => Effect.promise(open.close)
              ),
              (open) => open.port
            )
        })
      })
    )
}

const unusable = (path: string, message: string, remedy: string) =>
  because(new InvalidInput({ backend: "kubernetes", operation: "connect", problems: [{ path, message, remedy }] }))

/** Reads the files one over the other: what is named first stays. */
const merged = (files: ReadonlyArray<string>): KubeConfig => {
  const kube = new KubeConfig()
  for (const file of files) {
    const one = new KubeConfig()
    one.loadFromFile(file)
    kube.currentContext ??= one.currentContext
    const missing = <A extends { readonly name: string }>(have: ReadonlyArray<A>, more: ReadonlyArray<A>) =>
      more.filter(({ name }) => !have.some((other) => other.name === name))
    kube.clusters.push(...missing(kube.clusters, one.clusters))
    kube.users.push(...missing(kube.users, one.users))
    kube.contexts.push(...missing(kube.contexts, one.contexts))
  }
  return kube
}

const inCluster = "/var/run/secrets/kubernetes.io/serviceaccount/token"

/** The connection that a configuration means, or why there is none. */
const load = Effect.fnUntraced(function* (config: K8sConfig) {
  const files = kubeconfigFiles(config)
  const found = files.filter((file) => existsSync(file))
  if (found.length === 0 && (config.kubeconfig !== undefined || !existsSync(inCluster)))
    return yield* unusable(
      "kubeconfig",
      `there is no kubeconfig at ${files.join(", ")}`,
      "name one, or set KUBECONFIG; in a pod its service account is used"
    )
  const kube = yield* Effect.try({
    try: () => {
      if (found.length > 0) return merged(found)
      const pod = new KubeConfig()
      pod.loadFromCluster()
      return pod
    },
    catch: (cause) =>
      unusable(
        "kubeconfig",
        `${found.join(", ")} cannot be read: ${cause}`,
        "look at the file with `kubectl config view`"
      )
  })
  const contexts = kube.contexts.map(({ name }) => name)
  const context = config.context ?? kube.currentContext
  if (!contexts.includes(context))
    return yield* unusable(
      "context",
      `${found.join(", ")} has no context ${JSON.stringify(context ?? "")}`,
      `name one of ${contexts.join(", ") || "none: the file has no contexts"}`
    )
  kube.setCurrentContext(context)
  if (kube.getCurrentCluster() === null || kube.getCurrentUser() === null)
    return yield* unusable(
      "context",
      `context ${context} names a cluster or a user that the kubeconfig does not have`,
      "look at the file with `kubectl config view`"
    )
  return kube
})

/** What a failed reply came to, as `classify` reads it. */
class Refused extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.message ?? "refused")
    this.fault = fault
  }
}

const faultOf = (thrown: unknown): Fault => {
  if (thrown instanceof Refused) return thrown.fault
  const { cause, code, message } = (typeof thrown === "object" && thrown !== null ? thrown : {}) as {
    readonly cause?: { readonly code?: string; readonly message?: string }
    readonly code?: string
    readonly message?: string
  }
  // a refused WebSocket tells its status in words only
  const status = /^Unexpected server response: (\d{3})$/.exec(message ?? "")?.[1]
  return {
    ...(status === undefined ? {} : { status: Number(status) }),
    code: code ?? cause?.code ?? "",
    message: cause?.message ?? message ?? String(thrown)
  }
}

const parsed = (text: string): V1Status | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Sends requests over connections that are kept: the SDK would open a new one for each. */
const sender = (kube: KubeConfig) => {
  const library = new IsomorphicFetchHttpLibrary()
  let dispatcher: ReturnType<RequestContext["getDispatcher"]>
  return async (call: Call, signal?: AbortSignal): Promise<ResponseContext> => {
    const url = new URL(`${kube.getCurrentCluster()?.server.replace(/\/$/, "")}${call.path}`)
    for (const [key, value] of Object.entries(call.query ?? {}))
      if (value !== undefined) url.searchParams.set(key, String(value))
    const context = new RequestContext(url.toString(), HttpMethod[call.method ?? "GET"])
    await kube.applySecurityAuthentication(context)
    dispatcher ??= context.getDispatcher()
    if (dispatcher !== undefined) context.setDispatcher(dispatcher)
    if (signal !== undefined) context.setSignal(signal)
    context.setHeaderParam("Accept", "application/json, */*")
    if (call.body !== undefined) {
      context.setHeaderParam("Content-Type", call.contentType ?? "application/json")
      context.setBody(JSON.stringify(call.body))
    }
    const reply = await library.send(context).toPromise()
    if (reply.httpStatusCode < 300) return reply
    // credentials may live in the connection (client certificates): the next call begins with a new one
    if (reply.httpStatusCode === 401) dispatcher = undefined
    const text = await reply.body.text()
    const body = parsed(text)
    const retryAfter = Number(reply.headers["retry-after"])
    throw new Refused({
      status: reply.httpStatusCode,
      message: body?.message ?? text.slice(0, 1000),
      ...(body === undefined ? {} : { body }),
      ...(retryAfter > 0 ? { retryAfterMs: Math.ceil(retryAfter * 1000) } : {}),
      ...(reply.headers["audit-id"] === undefined ? {} : { requestId: reply.headers["audit-id"] })
    })
  }
}

const run = async (kube: KubeConfig, call: ExecCall, signal: AbortSignal): Promise<ExecReply> => {
  const stdout = collector()
  const stderr = collector()
  const verdict = Promise.withResolvers<V1Status>()
  const input = call.stdin === undefined ? null : inChunks(call.stdin)
  const command = [...call.command]
  const socket = await new Exec(kube).exec(
    call.namespace,
    call.name,
    call.container,
    command,
    stdout.stream,
    stderr.stream,
    input,
    false,
    verdict.resolve
  )
  socket.addEventListener("close", () => verdict.reject(new Error("the connection closed before the command ended")))
  signal.addEventListener("abort", () => socket.close())
  const status = await verdict.promise
  return { stdout: stdout.text(), stderr: stderr.text(), status }
}

/** Bytes of one local connection to the pod and back. */
const join = async (
  kube: KubeConfig,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  port: number,
  socket: Socket
): Promise<void> => {
  const complaint = new Writable({
    write: (said: Buffer, _encoding, done) => {
      // the channel for errors begins with an empty message
      if (said.length > 0) socket.destroy()
      done()
    }
  })
  const streams: Duplex = socket
  const remote = await new PortForward(kube).portForward(namespace, name, [port], streams, complaint, streams)
  if (typeof remote === "function") return
  remote.addEventListener("close", () => void socket.end())
  socket.on("close", () => remote.close())
}
