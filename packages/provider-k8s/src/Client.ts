import { Readable } from "node:stream"
import {
  dumpYaml,
  Exec,
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  KubeConfig,
  loadAllYaml,
  loadYaml,
  PortForward,
  RequestContext,
  type ResponseContext,
  type V1Status
} from "@kubernetes/client-node"
import type { ComputeError } from "@orrery/core"
import { Console, Context, Effect, Layer, type Scope, Stream } from "effect"
import { classify, type Subject } from "./classify.ts"
import { type Connection, connect, type KubeconfigReader } from "./connection/connect.ts"
import { faultOf, faultOfReply, Refused } from "./connection/fault.ts"
import type { K8sConfig } from "./connection/kubeconfig.ts"
import { listen } from "./pods/listen.ts"
import { type ExecCall, joinPod, runCommand, type Target } from "./pods/streams.ts"

export type {
  Exec,
  KubeConfig,
  PortForward,
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
  V1Status,
  V1Volume,
  V1VolumeMount
} from "@kubernetes/client-node"

/** All documents of a YAML text, and one as text. */
export const parseYaml = (text: string): ReadonlyArray<unknown> => loadAllYaml(text)
export const printYaml = (document: object): string => dumpYaml(document)

/** One request: where it goes, and what it is about, for errors. */
export interface Call extends Subject {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  readonly contentType?: string
}

/** The API server itself. The only place that holds the SDK: one call is one request, retried by nobody. */
export class Client extends Context.Service<
  Client,
  {
    readonly config: K8sConfig
    /** The name of the cluster in the kubeconfig: what nodes that say nothing else belong to. */
    readonly cluster: string
    /** Where things are looked for that name no namespace. */
    readonly namespace: string
    readonly request: <A>(call: Call) => Effect.Effect<A, ComputeError>
    /** The reply line by line while it is written: watches and followed logs. */
    readonly lines: (call: Call) => Stream.Stream<string, ComputeError>
    /** Runs a command in a container, its streams joined to ours; gives the server's verdict on it. */
    readonly exec: (call: ExecCall) => Effect.Effect<V1Status, ComputeError>
    /** Listens on the loopback for as long as the scope lives; gives the port. Every connection asks anew where it leads. */
    readonly forward: (
      subject: Subject,
      target: () => Promise<Target>,
      port: number
    ) => Effect.Effect<number, ComputeError, Scope.Scope>
  }
>()("@orrery/provider-k8s/Client") {
  static readonly layer = (config: K8sConfig): Layer.Layer<Client, ComputeError> =>
    Layer.effect(
      Client,
      Effect.gen(function* () {
        const connection = yield* connect(reader, config)
        for (const warning of connection.warnings) yield* Console.warn(`kubernetes: ${warning}`)
        const where = `context ${connection.context}, server ${connection.server}`
        const { kube, send } = linkTo(config, connection)
        const attempt = <A>(subject: Subject, run: (signal: AbortSignal) => Promise<A>) =>
          Effect.tryPromise({ try: run, catch: (fault) => classify(subject, where, faultOf(fault)) })
        return Client.of({
          config,
          cluster: connection.cluster,
          namespace: connection.namespace,
          request: <A>(call: Call) => attempt(call, async (signal) => documentOf<A>(await send(call, signal))),
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
          exec: (call) => attempt(call, (signal) => runCommand(new Exec(kube()), call, signal)),
          forward: (subject, target, port) =>
            Effect.map(
              Effect.acquireRelease(
                attempt(subject, () =>
                  listen(async (socket) => joinPod(new PortForward(kube()), await target(), port, socket))
                ),
                (open) => Effect.promise(open.close)
              ),
              (open) => open.port
            )
        })
      })
    )
}

const reader: KubeconfigReader = { empty: () => new KubeConfig(), parse: loadYaml }

/** The same context read anew: its files, plugins and tokens may have been renewed since. */
const renewed = (config: K8sConfig, { context }: Connection): Promise<Connection> =>
  Effect.runPromise(connect(reader, { ...config, context }))

/** Puts credentials onto one request. */
const authorise = async (kube: KubeConfig, context: RequestContext): Promise<void> => {
  try {
    await kube.applySecurityAuthentication(context)
  } catch (cause) {
    const plugin = kube.getCurrentUser()?.exec?.command
    const said = cause instanceof Error ? cause.message.trim().slice(0, 500) : String(cause)
    const message = plugin === undefined ? said : `the credential plugin ${plugin} failed: ${said}`
    throw new Refused({ status: 401, message })
  }
}

/** The way to one server: connections that are kept, and credentials that are renewed when they run out. */
const linkTo = (config: K8sConfig, connected: Connection) => {
  const library = new IsomorphicFetchHttpLibrary()
  let connection = connected
  // kept, as the SDK would open a new connection for each request
  let dispatcher: ReturnType<RequestContext["getDispatcher"]>
  // a connection sends one body after another, whole: each write has one of its own while it lasts
  let writers: Array<ReturnType<RequestContext["getDispatcher"]>> = []

  const once = async (call: Call, signal: AbortSignal | undefined) => {
    const url = new URL(`${connection.server.replace(/\/$/, "")}${call.path}`)
    for (const [key, value] of Object.entries(call.query ?? {}))
      if (value !== undefined) url.searchParams.set(key, String(value))
    const context = new RequestContext(url.toString(), HttpMethod[call.method ?? "GET"])
    await authorise(connection.kube, context)
    dispatcher ??= context.getDispatcher()
    const chosen = call.body === undefined ? dispatcher : (writers.pop() ?? context.getDispatcher())
    if (chosen !== undefined) context.setDispatcher(chosen)
    if (signal !== undefined) context.setSignal(signal)
    context.setHeaderParam("Accept", "application/json, */*")
    if (call.body !== undefined) {
      context.setHeaderParam("Content-Type", call.contentType ?? "application/json")
      context.setBody(JSON.stringify(call.body))
    }
    const home = writers
    const reply = await library.send(context).toPromise()
    if (call.body !== undefined) home.push(chosen)
    return reply
  }

  const send = async (call: Call, signal?: AbortSignal): Promise<ResponseContext> => {
    let reply = await once(call, signal)
    if (reply.httpStatusCode === 401) {
      // refused before anything was done: a token that has run out is read, or made, anew, and shown once more
      await reply.body.text()
      connection = await renewed(config, connection)
      dispatcher = undefined
      writers = []
      reply = await once(call, signal)
    }
    if (reply.httpStatusCode < 300) return reply
    const { headers, httpStatusCode: status } = reply
    throw new Refused(faultOfReply({ status, headers, text: await reply.body.text() }))
  }
  return { send, kube: () => connection.kube }
}

/** A reply's document. Something that is none did not come from an API server. */
const documentOf = async <A>({ body, httpStatusCode: status }: ResponseContext): Promise<A> => {
  const text = await body.text()
  try {
    return JSON.parse(text)
  } catch {
    throw new Refused({ status, foreign: true, message: text.slice(0, 100) })
  }
}
