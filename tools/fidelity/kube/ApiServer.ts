import { readFileSync } from "node:fs"
import { Agent, type RequestOptions, request } from "node:https"
import { join } from "node:path"

const plurals: Readonly<Record<string, string>> = {
  Namespace: "/api/v1/namespaces",
  Node: "/api/v1/nodes",
  Pod: "/api/v1/namespaces/*/pods",
  Service: "/api/v1/namespaces/*/services",
  LimitRange: "/api/v1/namespaces/*/limitranges",
  ResourceQuota: "/api/v1/namespaces/*/resourcequotas",
  PersistentVolume: "/api/v1/persistentvolumes",
  PersistentVolumeClaim: "/api/v1/namespaces/*/persistentvolumeclaims",
  PriorityClass: "/apis/scheduling.k8s.io/v1/priorityclasses",
  RuntimeClass: "/apis/node.k8s.io/v1/runtimeclasses",
  CSINode: "/apis/storage.k8s.io/v1/csinodes",
  VolumeAttachment: "/apis/storage.k8s.io/v1/volumeattachments",
  StorageClass: "/apis/storage.k8s.io/v1/storageclasses",
  PodDisruptionBudget: "/apis/policy/v1/namespaces/*/poddisruptionbudgets",
  ReplicaSet: "/apis/apps/v1/namespaces/*/replicasets",
  StatefulSet: "/apis/apps/v1/namespaces/*/statefulsets",
  ReplicationController: "/api/v1/namespaces/*/replicationcontrollers"
}

/** Where objects of a kind live. */
export const pathOf = (kind: string, namespace = "default"): string => {
  const path = plurals[kind]
  if (path === undefined) throw new Error(`no path for ${kind}`)
  return path.replace("*", namespace)
}

/** Talks to an API server as its administrator. */
export class ApiServer {
  readonly #agent: Agent
  readonly #options: RequestOptions

  /** Reads the way to it from the state that its backend keeps. */
  constructor(state: string) {
    const config = readFileSync(join(state, "kubeconfig"), "utf8")
    const endpoint = new URL(/server: "([^"]+)"/.exec(config)?.[1] ?? "")
    const token = /token: "?([0-9a-f]+)/.exec(config)?.[1] ?? ""
    const ca = readFileSync(join(state, "pki", "ca.crt"))
    this.#agent = new Agent({ keepAlive: true, ca, maxSockets: 16 })
    this.#options = {
      host: endpoint.hostname,
      port: endpoint.port,
      agent: this.#agent,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }
    }
  }

  /** Ends all connections. */
  close(): void {
    this.#agent.destroy()
  }

  /** Asks; a refusal is an error unless its status is expected. */
  call(
    method: string,
    path: string,
    body?: unknown,
    allowed: ReadonlyArray<number> = [],
    type?: string
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? "" : JSON.stringify(body)
      const headers = {
        ...this.#options.headers,
        ...(type === undefined ? {} : { "content-type": type }),
        "content-length": Buffer.byteLength(text)
      }
      const sent = request({ ...this.#options, headers, method, path }, (answer) => {
        const chunks: Array<Buffer> = []
        answer.on("data", (chunk: Buffer) => chunks.push(chunk))
        answer.on("error", reject)
        answer.on("end", () => {
          const said = Buffer.concat(chunks).toString()
          const code = answer.statusCode ?? 0
          if (code < 300 || allowed.includes(code)) resolve(JSON.parse(said))
          else reject(new Error(`${method} ${path}: ${code} ${said}`))
        })
      })
      sent.on("error", reject)
      sent.end(text)
    })
  }

  /** Tells of every change under a path, for ever. */
  watch(path: string, take: (type: string, object: unknown) => void): void {
    const sent = request({ ...this.#options, method: "GET", path: `${path}?watch=1` }, (answer) => {
      let rest = ""
      answer.setEncoding("utf8")
      answer.on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n")
        rest = lines.pop() ?? ""
        for (const line of lines) {
          const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: unknown }
          take(type, object)
        }
      })
      answer.on("end", () => this.watch(path, take))
      answer.on("error", () => undefined)
    })
    sent.on("error", () => undefined)
    sent.end()
  }
}
