import { Readable } from "node:stream"
import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import {
  dumpYaml,
  Exec,
  HttpMethod,
  KubeConfig,
  loadAllYaml,
  loadYaml,
  PortForward,
  RequestContext,
  type V1Status
} from "@kubernetes/client-node"
import type { ComputeError } from "@orrery/core"
import { Console, Context, Effect, Layer, type Scope, Stream } from "effect"
import { Agent, type Dispatcher, fetch } from "undici"
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
        const login = loginTo(config, connection)
        const attempt = <A>(subject: Subject, run: (signal: AbortSignal) => Promise<A>) =>
          Effect.tryPromise({ try: run, catch: (fault) => classify(subject, where, faultOf(fault)) })
        return Client.of({
          config,
          cluster: connection.cluster,
          namespace: connection.namespace,
          request: <A>(call: Call) =>
            attempt(call, async (signal) => documentOf<A>(await send(login, call, signal, packed))),
          lines: (call) =>
            Stream.unwrap(
              Effect.map(
                attempt(call, (signal) => open(login, call, signal)),
                ({ body }) =>
                  Stream.fromReadableStream({
                    evaluate: () => body ?? Readable.toWeb(Readable.from([])),
                    onError: (fault) => classify(call, where, faultOf(fault))
                  })
              )
            ).pipe(Stream.decodeText, Stream.splitLines),
          exec: (call) => attempt(call, (signal) => join(login, (kube) => runCommand(new Exec(kube), call, signal))),
          forward: (subject, target, port) =>
            Effect.map(
              Effect.acquireRelease(
                attempt(subject, () =>
                  listen(async (socket) => {
                    const pod = await target()
                    await join(login, (kube) => joinPod(new PortForward(kube), pod, port, socket))
                  })
                ),
                (listening) => Effect.promise(listening.close)
              ),
              (listening) => listening.port
            )
        })
      })
    )
}

const reader: KubeconfigReader = { empty: () => new KubeConfig(), parse: loadYaml }

/** The same context read anew: its files, plugins and tokens may have been renewed since. */
const renewed = (config: K8sConfig, { context }: Connection): Promise<Connection> =>
  Effect.runPromise(connect(reader, { ...config, context }))

type Reply = Dispatcher.ResponseData

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

/** Over HTTP/2, all requests share a connection, which sends one body after another and bears so many watches only. */
const besideEachOther = (dispatcher: Dispatcher): Dispatcher =>
  dispatcher.compose((dispatch) => (options, handler) => dispatch(Object.assign(options, { allowH2: false }), handler))

type Headers = Readonly<Record<string, string>>

/** One request, as the connection takes it. */
const optionsOf = (server: string, call: Call, headers: Headers, signal: AbortSignal) => {
  const { origin, pathname, searchParams } = new URL(`${server.replace(/\/$/, "")}${call.path}`)
  for (const [key, value] of Object.entries(call.query ?? {}))
    if (value !== undefined) searchParams.set(key, String(value))
  const query = searchParams.toString()
  const { body, contentType = "application/json", method = "GET" } = call
  return {
    origin,
    path: query === "" ? pathname : `${pathname}?${query}`,
    method,
    signal,
    headers: {
      accept: "application/json, */*",
      ...headers,
      ...(body === undefined ? {} : { "content-type": contentType })
    },
    body: body === undefined ? null : JSON.stringify(body)
  }
}

/** Who we are to one server, and the connections to it that are kept; both are made anew when a token has run out. */
const loginTo = (config: K8sConfig, connected: Connection) => {
  let connection = connected
  // kept, as the SDK would open new connections for each request
  let dispatcher: Dispatcher | undefined
  return {
    kube: () => connection.kube,
    /** A request with its credentials, and what sends it. */
    ready: async (call: Call, signal: AbortSignal, headers: Headers) => {
      const context = new RequestContext(connection.server, HttpMethod.GET)
      await authorise(connection.kube, context)
      dispatcher ??= besideEachOther(context.getDispatcher() ?? new Agent())
      const options = optionsOf(connection.server, call, { ...headers, ...context.getHeaders() }, signal)
      return { dispatcher, options }
    },
    renew: async (): Promise<void> => {
      connection = await renewed(config, connection)
      dispatcher = undefined
    }
  }
}

type Login = ReturnType<typeof loginTo>

/** What was refused for its token was refused before anything was done, so that it can be asked once more. */
const asked = async <R>(
  login: Login,
  {
    ask,
    leave,
    statusOf
  }: {
    readonly ask: () => Promise<R>
    readonly statusOf: (reply: R) => number
    readonly leave: (reply: R) => Promise<string>
  }
): Promise<R> => {
  const reply = await ask()
  if (statusOf(reply) !== 401) return reply
  await leave(reply)
  await login.renew()
  return ask()
}

/** A request whose reply is read at once. */
const send = async (login: Login, call: Call, signal: AbortSignal, headers: Headers): Promise<Reply> => {
  const ask = async () => {
    const { dispatcher, options } = await login.ready(call, signal, headers)
    return dispatcher.request(options)
  }
  const reply = await asked(login, { ask, statusOf: ({ statusCode }) => statusCode, leave: textOf })
  if (reply.statusCode < 300) return reply
  throw new Refused(faultOfReply({ status: reply.statusCode, headers: reply.headers, text: await textOf(reply) }))
}

/** A reply that is read while it is written: the way of fetch, whose streams end at once when they are left. */
const open = async (login: Login, call: Call, signal: AbortSignal) => {
  const ask = async () => {
    const { dispatcher, options } = await login.ready(call, signal, {})
    return fetch(`${options.origin}${options.path}`, { headers: options.headers, signal, dispatcher })
  }
  const reply = await asked(login, { ask, statusOf: ({ status }) => status, leave: (it) => it.text() })
  if (reply.ok) return reply
  const { headers, status } = reply
  throw new Refused(faultOfReply({ status, headers: Object.fromEntries(headers), text: await reply.text() }))
}

/** What the SDK opens a connection of its own for. */
const join = async <A>(login: Login, dial: (kube: KubeConfig) => Promise<A>): Promise<A> => {
  try {
    return await dial(login.kube())
  } catch (thrown) {
    if (faultOf(thrown).status !== 401) throw thrown
    await login.renew()
    return dial(login.kube())
  }
}

/** Large replies come packed where the caller bears it. */
const packed: Headers = { "accept-encoding": "gzip" }

const textOf = async ({ body, headers }: Reply): Promise<string> =>
  headers["content-encoding"] === "gzip" ? String(await promisify(gunzip)(await body.bytes())) : body.text()

/** A reply's document. Something that is none did not come from an API server. */
const documentOf = async <A>(reply: Reply): Promise<A> => {
  const text = await textOf(reply)
  try {
    return JSON.parse(text)
  } catch {
    throw new Refused({ status: reply.statusCode, foreign: true, message: text.slice(0, 100) })
  }
}
