import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Instance } from "../../backends/Instance.ts"
import { k8s } from "../../backends/k8s.ts"
import { startInstance, stopInstance } from "../../backends/lifecycle.ts"
import { ApiServer, pathOf } from "./ApiServer.ts"
import { profiles } from "./configuration.ts"
import type { Manifest } from "./drawCase.ts"
import { SchedulerLog } from "./SchedulerLog.ts"

/** What the API tells of a pod. */
export interface PodState {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string }
  readonly spec: { readonly nodeName?: string }
  readonly status: {
    readonly nominatedNodeName?: string
    readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string; readonly message?: string }>
  }
}

interface VolumeState {
  readonly metadata: { readonly name: string }
  readonly spec?: { readonly claimRef?: { readonly namespace: string; readonly name: string } }
  readonly status?: { readonly phase?: string }
}

interface Stored {
  readonly metadata: { readonly resourceVersion: string }
}

/** Whether a pod like the last one may take over its scores depends on the clock, so it may not. */
const plainArguments = ["-v=0", "--feature-gates=OpportunisticBatching=false"]
const tracedArguments = [...plainArguments, "--vmodule=schedule_one=10,eventhandlers=4,executor=2"]

const atOnce = { gracePeriodSeconds: 0 }
const spaces = ["default", "other", "third", "bounded"]

/** A real API server with a real scheduler and nothing else; pods are just objects. */
export class RealScheduler {
  readonly #instance: Instance
  readonly #folder: string
  readonly api: ApiServer
  readonly log: SchedulerLog
  /** Pods as the watch last told them. */
  readonly pods = new Map<string, PodState>()
  /** Where the scheduler begins its next search: it keeps that over all cases, so we must. */
  searchStart = 0
  /** The nodes that are there, with their versions. */
  readonly #nodes = new Map<string, string>()
  readonly #made: Array<Manifest> = []

  private constructor(instance: Instance, folder: string) {
    this.#instance = instance
    this.#folder = folder
    this.api = new ApiServer(instance.state)
    this.log = new SchedulerLog(join(instance.state, "kube-scheduler.log"))
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
    real.api.watch("/api/v1/pods", (type, object) => real.#event(type, object as PodState))
    real.api.watch("/api/v1/persistentvolumes", (_, object) => void real.#bind(object as VolumeState))
    return real
  }

  /** Does what the volume controller would: a claim is bound to the volume that the scheduler chose for it. */
  async #bind({ metadata, spec, status }: VolumeState): Promise<void> {
    const claim = spec?.claimRef
    if (claim === undefined || status?.phase !== "Available") return
    const annotations = { "pv.kubernetes.io/bind-completed": "yes" }
    const patch = { metadata: { annotations }, spec: { volumeName: metadata.name } }
    const path = `${pathOf("PersistentVolumeClaim", claim.namespace)}/${claim.name}`
    await this.api.call("PATCH", path, patch, [404], "application/merge-patch+json")
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.api.close()
    await stopInstance(this.#instance)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #event(type: string, object: PodState): void {
    if (type === "BOOKMARK" || type === "ERROR") return
    const key = `${object.metadata.namespace}/${object.metadata.name}`
    if (type === "DELETED") this.pods.delete(key)
    else this.pods.set(key, object)
  }

  /** Waits until something holds. */
  async until(complaint: () => string, holds: () => boolean, limitMs = 60_000): Promise<void> {
    for (const endMs = performance.now() + limitMs; performance.now() < endMs; await sleep(1)) if (holds()) return
    throw new Error(complaint())
  }

  /** Takes every object away that cases make, and waits until the scheduler has heard of it. */
  async clear(): Promise<void> {
    await Promise.all(spaces.map((space) => this.api.call("DELETE", pathOf("Pod", space), atOnce, [404])))
    await this.until(
      () => "pods stay",
      () => this.pods.size === 0
    )
    const nodes = [...this.#nodes.keys()].map((name) => ({ name, heard: this.log.count("Delete node", name) }))
    await this.api.call("DELETE", pathOf("Node"), atOnce)
    for (const { name, heard } of nodes) await this.log.until("Delete node", name, heard + 1)
    this.#nodes.clear()
    for (const { kind, metadata } of this.#made.splice(0))
      await this.api.call("DELETE", `${pathOf(kind, metadata.namespace)}/${metadata.name}`, atOnce, [404])
    this.log.take()
  }

  /** Makes one object, with its status. */
  async create(object: Manifest): Promise<void> {
    if (object.kind === "Node") return this.#createNode(object)
    if (object.kind === "Pod") return this.#createPlaced(object)
    const path = pathOf(object.kind, object.metadata.namespace)
    this.#made.push(object)
    const made = (await this.api.call("POST", path, object, [409])) as Manifest
    if (object.status === undefined) return
    await this.api.call("PUT", `${path}/${object.metadata.name}/status`, { ...made, status: object.status })
  }

  async #createNode(object: Manifest): Promise<void> {
    const { name } = object.metadata
    const heard = this.log.count("Add node", name)
    const made = (await this.api.call("POST", pathOf("Node"), object)) as Stored
    this.#nodes.set(name, made.metadata.resourceVersion)
    await this.log.until("Add node", name, heard + 1)
  }

  /** A pod that is on its node already; one that is to be leaving is asked to leave, and has all the time it wants. */
  async #createPlaced(object: Manifest): Promise<void> {
    const { name, namespace = "default", deletionTimestamp, ...metadata } = object.metadata
    const key = `${namespace}/${name}`
    const path = pathOf("Pod", namespace)
    const [added, updated] = [this.log.count("Add scheduled pod", key), this.log.count("Update scheduled pod", key)]
    await this.api.call("POST", path, { ...object, metadata: { ...metadata, name, namespace } })
    await this.log.until("Add scheduled pod", key, added + 1)
    if (deletionTimestamp === undefined) return
    await this.api.call("DELETE", `${path}/${name}`, { gracePeriodSeconds: 100_000 })
    await this.log.until("Update scheduled pod", key, updated + 1)
  }

  /** Makes a node look so, or come. */
  async setNode(object: Manifest): Promise<void> {
    const { name } = object.metadata
    if (!this.#nodes.has(name)) return this.#createNode(object)
    for (const path of [`${pathOf("Node")}/${name}`, `${pathOf("Node")}/${name}/status`]) {
      const heard = this.log.count("Update node", name)
      const { metadata } = (await this.api.call("PUT", path, object)) as Stored
      if (metadata.resourceVersion === this.#nodes.get(name)) continue
      this.#nodes.set(name, metadata.resourceVersion)
      await this.log.until("Update node", name, heard + 1)
    }
  }

  /** Takes a node away, if it is there: a case that was made smaller may have lost its arrival. */
  async removeNode(name: string): Promise<void> {
    if (!this.#nodes.has(name)) return
    const heard = this.log.count("Delete node", name)
    await this.api.call("DELETE", `${pathOf("Node")}/${name}`, atOnce)
    this.#nodes.delete(name)
    await this.log.until("Delete node", name, heard + 1)
  }
}
