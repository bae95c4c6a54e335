import { existsSync, readFileSync } from "node:fs"
import { homedir } from "node:os"
import { dirname, isAbsolute, join } from "node:path"
import { because, type ComputeError, InvalidInput } from "@orrery/core"
import { Effect } from "effect"
import type { KubeConfig } from "../Client.ts"
import { type K8sConfig, kubeconfigFiles, namespaceSaid } from "./kubeconfig.ts"
import { proxyFor } from "./proxy.ts"

/** What of the SDK reads a kubeconfig. */
export interface KubeconfigReader {
  readonly empty: () => KubeConfig
  readonly parse: (text: string) => unknown
}

/** A context that can be used, and what somebody should know about it. */
export interface Connection {
  readonly kube: KubeConfig
  readonly context: string
  readonly server: string
  /** What the kubeconfig calls the cluster. */
  readonly cluster: string
  /** Where things are looked for that name no namespace. */
  readonly namespace: string
  readonly warnings: ReadonlyArray<string>
}

const unusable = (path: string, message: string, remedy: string): ComputeError =>
  because(new InvalidInput({ backend: "kubernetes", operation: "connect", problems: [{ path, message, remedy }] }))

interface RawUser {
  readonly name?: string
  readonly user?: { readonly tokenFile?: string; readonly exec?: { readonly apiVersion?: string } }
}

const beside = (file: string, path: string): string => (isAbsolute(path) ? path : join(dirname(file), path))

/** What the SDK leaves out of a user: tokens that are renewed in a file, and what plugins are told of the call. */
const completed = (file: string, kube: KubeConfig, raw: ReadonlyArray<RawUser>): void => {
  for (const user of kube.users) {
    const written = raw.find(({ name }) => name === user.name)?.user
    if (written?.tokenFile !== undefined)
      Object.assign(user, {
        authProvider: { name: "tokenFile", config: { tokenFile: beside(file, written.tokenFile) } }
      })
    if (user.exec == null) continue
    const { apiVersion } = user.exec
    const info = { kind: "ExecCredential", apiVersion, spec: { interactive: false } }
    user.exec.env = [...(user.exec.env ?? []), { name: "KUBERNETES_EXEC_INFO", value: JSON.stringify(info) }]
    // as kubectl does: a path is meant from the file that says it, a bare name is looked for in PATH
    if (user.exec.command?.includes("/")) user.exec.command = beside(file, user.exec.command)
  }
}

const readOne = (reader: KubeconfigReader, file: string): KubeConfig => {
  const kube = reader.empty()
  const text = readFileSync(file, "utf8")
  kube.loadFromString(text)
  kube.makePathsAbsolute(dirname(file))
  completed(file, kube, (reader.parse(text) as { readonly users?: ReadonlyArray<RawUser> } | null)?.users ?? [])
  return kube
}

/** Reads the files one over the other: what is named first stays. */
const merged = (reader: KubeconfigReader, files: ReadonlyArray<string>): KubeConfig => {
  const kube = reader.empty()
  for (const file of files) {
    const one = readOne(reader, file)
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

const isPod = (): boolean => existsSync(inCluster) && process.env.KUBERNETES_SERVICE_HOST !== undefined

/** The files' kubeconfig, or the pod's own account where there is no file. */
const read = Effect.fnUntraced(function* (reader: KubeconfigReader, config: K8sConfig) {
  const files = kubeconfigFiles(config)
  const found = files.filter((file) => existsSync(file))
  const source = found.length > 0 ? found.join(", ") : "the pod's service account"
  if (found.length === 0 && (config.kubeconfig !== undefined || !isPod()))
    return yield* unusable(
      "kubeconfig",
      `there is no kubeconfig at ${files.join(", ")}`,
      "name one, or set KUBECONFIG; in a pod its service account is used"
    )
  const kube = yield* Effect.try({
    try: () => {
      if (found.length > 0) return merged(reader, found)
      const pod = reader.empty()
      pod.loadFromCluster()
      return pod
    },
    catch: (cause) =>
      unusable("kubeconfig", `${source} cannot be read: ${cause}`, "look at the file with `kubectl config view`")
  })
  return { kube, source }
})

const chosenContext = (kube: KubeConfig, source: string, wanted: string | undefined) => {
  const contexts = kube.contexts.map(({ name }) => name)
  const context = wanted ?? kube.currentContext
  if (!contexts.includes(context))
    return unusable(
      "context",
      `${source} has no context ${JSON.stringify(context ?? "")}`,
      `name one of ${contexts.join(", ") || "none: the file has no contexts"}`
    )
  kube.setCurrentContext(context)
  return kube.getCurrentCluster() === null || kube.getCurrentUser() === null
    ? unusable(
        "context",
        `context ${context} names a cluster or a user that the kubeconfig does not have`,
        "look at the file with `kubectl config view`"
      )
    : context
}

/** Files that a context names must be there: without this, the first call would fail with a path and no reason. */
const missingFile = (kube: KubeConfig): string | undefined => {
  const { caFile } = kube.getCurrentCluster() ?? {}
  const { certFile, keyFile } = kube.getCurrentUser() ?? {}
  return [caFile, certFile, keyFile].find((file) => file !== undefined && file !== null && !existsSync(file))
}

/** What `~/.kt/config.yaml` says. A file that is no YAML is not ours to judge. */
const ktNamespace = ({ parse }: KubeconfigReader): string | undefined => {
  try {
    const said = parse(readFileSync(join(homedir(), ".kt", "config.yaml"), "utf8"))
    return (said as { readonly namespace?: string } | null)?.namespace
  } catch {
    return undefined
  }
}

const isServer = (server: string): boolean => URL.canParse(server) && /^https?:$/.test(new URL(server).protocol)

/** The connection that a configuration means, or why there is none. */
export const connect = Effect.fnUntraced(function* (reader: KubeconfigReader, config: K8sConfig) {
  const { kube, source } = yield* read(reader, config)
  const context = chosenContext(kube, source, config.context)
  if (typeof context !== "string") return yield* context
  const lost = missingFile(kube)
  if (lost !== undefined)
    return yield* unusable("context", `context ${context} names ${lost}, which is not there`, "bring the file back")
  const cluster = kube.clusters.find(({ name }) => name === kube.getCurrentCluster()?.name)
  const server = cluster?.server ?? ""
  if (cluster === undefined || !isServer(server))
    return yield* unusable(
      "server",
      `context ${context} has the server ${JSON.stringify(server)}, which is no address`,
      "write it as https://HOST:PORT"
    )
  const insecure = config.insecure === true || cluster.skipTLSVerify
  const isPlain = server.startsWith("http:")
  const isNear = /^http:\/\/(127\.|localhost[:/]|\[::1\])/.test(`${server}/`)
  if (isPlain && !insecure && !isNear)
    return yield* unusable(
      "server",
      `context ${context} has the server ${server}, and plain http would show the credentials to everybody between`,
      "write https://, or ask for it with `insecure`"
    )
  const proxyUrl = cluster.proxyUrl ?? proxyFor(server, process.env)
  // the SDK takes plain http only together with this
  Object.assign(cluster, { skipTLSVerify: insecure || isPlain, ...(proxyUrl === undefined ? {} : { proxyUrl }) })
  const connection: Connection = {
    kube,
    context,
    server,
    cluster: cluster.name,
    namespace: namespaceSaid({
      parameter: config.namespace,
      variable: process.env.KT_NAMESPACE,
      file: ktNamespace(reader),
      context: kube.getContextObject(context)?.namespace
    }),
    warnings: insecure
      ? [
          `the server ${server} of context ${context} is trusted without proof: whoever stands between can read and change everything`
        ]
      : []
  }
  return connection
})
