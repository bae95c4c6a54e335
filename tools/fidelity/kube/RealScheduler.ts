import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from "node:fs"
import { Agent, type RequestOptions, request } from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Instance } from "../../backends/Instance.ts"
import { k8s } from "../../backends/k8s.ts"
import { startInstance, stopInstance } from "../../backends/lifecycle.ts"
import { profiles } from "./configuration.ts"
import type { Manifest } from "./drawCase.ts"

/** What the API tells of a pod. */
export interface PodState {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly nodeName?: string }
  readonly status: {
    readonly nominatedNodeName?: string
    readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string; readonly message?: string }>
  }
}

/** Whether a pod like the last one may take over its scores depends on the clock, so it may not. */
const plainArguments = ["-v=0", "--feature-gates=OpportunisticBatching=false"]
const tracedArguments = [...plainArguments, "--vmodule=schedule_one=10"]

const plurals: Readonly<Record<string, string>> = {
  Namespace: "/api/v1/namespaces",
  Node: "/api/v1/nodes",
  Pod: "/api/v1/namespaces/*/pods",
  Service: "/api/v1/namespaces/*/services",
  PersistentVolume: "/api/v1/persistentvolumes",
  PersistentVolumeClaim: "/api/v1/namespaces/*/persistentvolumeclaims",
  PriorityClass: "/apis/scheduling.k8s.io/v1/priorityclasses",
  PodDisruptionBudget: "/apis/policy/v1/namespaces/*/poddisruptionbudgets",
  ReplicaSet: "/apis/apps/v1/namespaces/*/replicasets"
}

/** Where objects of a kind live. */
export const pathOf = (kind: string, namespace = "default"): string => {
  const path = plurals[kind]
  if (path === undefined) throw new Error(`no path for ${kind}`)
  return path.replace("*", namespace)
}

/** A real API server with a real scheduler and nothing else; pods are just objects. */
export class RealScheduler {
  readonly #agent: Agent
  readonly #instance: Instance
  readonly #options: RequestOptions
  readonly #folder: string
  /** Pods as the watch last told them. */
  readonly pods = new Map<string, PodState>()
  /** Where the scheduler begins its next search: it keeps that over all cases, so we must. */
  searchStart = 0
  #logRead = 0

  private constructor(instance: Instance, folder: string) {
    this.#instance = instance
    this.#folder = folder
    const config = readFileSync(join(instance.state, "kubeconfig"), "utf8")
    const endpoint = new URL(/server: "([^"]+)"/.exec(config)?.[1] ?? "")
    const token = /token: "?([0-9a-f]+)/.exec(config)?.[1] ?? ""
    const ca = readFileSync(join(instance.state, "pki", "ca.crt"))
    this.#agent = new Agent({ keepAlive: true, ca, maxSockets: 16 })
    this.#options = {
      host: endpoint.hostname,
      port: endpoint.port,
      agent: this.#agent,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }
    }
  }

  /** Starts it and waits until it answers: with our profiles and every score in its log, or just as it is. */
  static async start({ isTraced }: { readonly isTraced: boolean }): Promise<RealScheduler> {
    const folder = mkdtempSync(join(tmpdir(), "orrery-fidelity-"))
    const configuration = join(folder, "profiles.yaml")
    writeFileSync(configuration, isTraced ? profiles : "")
    const instance = await startInstance(
      k8s,
      {
        without: ["kube-controller-manager", "kwok"],
        "apiserver-arg": [
          "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition,StorageObjectInUseProtection"
        ],
        "scheduler-arg": isTraced ? tracedArguments : [],
        "scheduler-config": [configuration]
      },
      (line) => console.error(line)
    )
    const real = new RealScheduler(instance, folder)
    real.#watch()
    return real
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#agent.destroy()
    await stopInstance(this.#instance)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Asks the API; a refusal is an error unless its status is expected. */
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

  #watch(): void {
    const sent = request({ ...this.#options, method: "GET", path: "/api/v1/pods?watch=1" }, (answer) => {
      let rest = ""
      answer.setEncoding("utf8")
      answer.on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n")
        rest = lines.pop() ?? ""
        for (const line of lines) this.#event(JSON.parse(line) as { readonly type: string; readonly object: PodState })
      })
      answer.on("end", () => this.#watch())
      answer.on("error", () => undefined)
    })
    sent.on("error", () => undefined)
    sent.end()
  }

  #event({ type, object }: { readonly type: string; readonly object: PodState }): void {
    if (type === "BOOKMARK" || type === "ERROR") return
    const key = `${object.metadata.namespace}/${object.metadata.name}`
    if (type === "DELETED") this.pods.delete(key)
    else this.pods.set(key, object)
  }

  /** Waits until something holds. */
  async until(complaint: () => string, holds: () => boolean, limitMs = 15_000): Promise<void> {
    for (const endMs = performance.now() + limitMs; performance.now() < endMs; await sleep(1)) if (holds()) return
    throw new Error(complaint())
  }

  /** Takes every object away that cases make. */
  async clear(): Promise<void> {
    const every = { gracePeriodSeconds: 0 }
    const spaces = ["default", "other", "third"]
    await Promise.all(spaces.map((space) => this.call("DELETE", pathOf("Pod", space), every, [404])))
    await this.until(
      () => "pods stay",
      () => this.pods.size === 0
    )
    const kinds = ["PodDisruptionBudget", "ReplicaSet", "PersistentVolumeClaim"]
    await Promise.all(
      kinds.flatMap((kind) => spaces.map((space) => this.call("DELETE", pathOf(kind, space), every, [404])))
    )
    for (const kind of ["Node", "PersistentVolume"]) await this.call("DELETE", pathOf(kind), every)
    for (const space of ["default", "other"]) {
      for (let index = 0; index < 4; index++)
        await this.call("DELETE", `${pathOf("Service", space)}/s${index}`, every, [404])
    }
    // The scheduler must have seen the nodes go: one made anew before that keeps its old place among those to be added.
    await sleep(250)
    this.#logRead = statSync(this.#logFile).size
  }

  /** Makes one object, with its status. */
  async create(object: Manifest): Promise<void> {
    const path = pathOf(object.kind, object.metadata.namespace)
    const made = (await this.call("POST", path, object, [409])) as Manifest
    if (object.kind !== "PodDisruptionBudget") return
    await this.call("PUT", `${path}/${object.metadata.name}/status`, { ...made, status: object.status })
  }

  get #logFile(): string {
    return join(this.#instance.state, "kube-scheduler.log")
  }

  /** What the scheduler has logged since the last time. */
  readLog(): string {
    const size = statSync(this.#logFile).size
    const buffer = Buffer.alloc(Math.max(0, size - this.#logRead))
    const file = openSync(this.#logFile, "r")
    const read = readSync(file, buffer, 0, buffer.length, this.#logRead)
    closeSync(file)
    this.#logRead += read
    return buffer.toString("utf8", 0, read)
  }
}
