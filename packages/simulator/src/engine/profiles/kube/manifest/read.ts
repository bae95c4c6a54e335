import type {
  KubeBudget,
  KubeClaim,
  KubeController,
  KubeNode,
  KubeObjects,
  KubePod,
  KubeService,
  KubeVolume
} from "../model.ts"
import type { Problem, Source } from "../problem.ts"
import type { Labels } from "../selector.ts"
import { readNodeTerms } from "./affinity.ts"
import * as cluster from "./cluster.ts"
import { locate, readDocuments } from "./documents.ts"
import { PodClasses } from "./interner.ts"
import { readSelector } from "./metadata.ts"
import { nodeShape, readNode } from "./node.ts"
import { type PriorityClass, priorityClassOf, readPodClass } from "./pod.ts"
import { type At, type Fault, fault, type Read, type Shape } from "./shape.ts"
import { expandWorkload, type Made } from "./sources.ts"
import { workloadShape } from "./workload.ts"

/** How documents are read. */
export interface ReadOptions {
  /** Skip kinds and fields that are not modelled, rather than refuse them. */
  readonly ignoreUnknown?: boolean
}

interface Place {
  readonly source: Source
  readonly index: number
  readonly path: ReadonlyArray<string | number>
  readonly value: Readonly<Record<string, unknown>>
}

type Draft = { readonly made: Made; readonly place: Place }

const workloadKinds = new Set(["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job"])

/** Reads all sources into one cluster; problems are found all at once. */
export class Reader {
  readonly problems: Array<Problem> = []
  readonly #faults: Array<{ readonly place: Place; readonly faults: Array<Fault> }> = []
  readonly #namespaces = new Map<string, Labels>()
  readonly #priorities = new Map<string, PriorityClass>()
  readonly #nodes: Array<KubeNode> = []
  readonly #drafts: Array<Draft> = []
  readonly #workloads: Array<{
    readonly kind: string
    readonly read: Read<typeof workloadShape>
    readonly at: number
    readonly place: Place
  }> = []
  readonly #services: Array<KubeService> = []
  readonly #controllers: Array<KubeController> = []
  readonly #budgets: Array<KubeBudget> = []
  readonly #volumes: Array<KubeVolume> = []
  readonly #claims: Array<KubeClaim & { readonly className: string | undefined }> = []
  readonly #waitingClasses = new Set<string>()
  readonly #names = new Set<string>()
  readonly #classes = new PodClasses()
  readonly #ignoreUnknown: boolean

  constructor(options: ReadOptions) {
    this.#ignoreUnknown = options.ignoreUnknown ?? false
  }

  /** Takes in one text. */
  add(source: Source): void {
    for (const { index, value } of readDocuments(source, this.problems))
      this.#object({ source, index, path: [], value: value as Place["value"] })
  }

  /** Makes the cluster; only meaningful where no problem was found. */
  finish(): KubeObjects {
    const pods = this.#pods()
    for (const source of new Set(this.#faults.filter((one) => one.faults.length > 0).map(({ place }) => place.source)))
      this.problems.push(...locate(source, this.#faultsOf(source)))
    for (const { class: one } of pods) this.#namespace(one.namespace)
    return {
      classes: this.#classes.all,
      namespaces: this.#namespaces,
      nodes: this.#nodes,
      pods,
      services: this.#services,
      controllers: this.#controllers,
      budgets: this.#budgets,
      volumes: this.#volumes,
      claims: this.#claims.map(({ className, ...claim }) => ({
        ...claim,
        waitsForPod: className !== undefined && this.#waitingClasses.has(className)
      }))
    }
  }

  #at(place: Place, ...more: ReadonlyArray<string | number>): At {
    const faults: Array<Fault> = []
    this.#faults.push({ place, faults })
    return { path: [...place.path, ...more], faults, ignoreUnknown: this.#ignoreUnknown }
  }

  /** Every namespace carries its name as a label; one that is only mentioned has nothing else. */
  #namespace(name: string, labels?: Labels): void {
    if (labels === undefined && this.#namespaces.has(name)) return
    this.#namespaces.set(name, new Map([...(labels ?? []), ["kubernetes.io/metadata.name", name]]))
  }

  #faultsOf(source: Source): ReadonlyArray<Fault & { readonly index: number }> {
    return this.#faults
      .filter(({ place }) => place.source === source)
      .flatMap(({ place, faults }) => faults.map((one) => ({ ...one, index: place.index })))
  }

  #object(place: Place): void {
    const { value } = place
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      fault(this.#at(place), "a document must be a Kubernetes object", "Write an object with apiVersion and kind.")
    } else if (typeof value.kind !== "string") {
      fault(this.#at(place), 'the field "kind" is missing', "Say which kind of object this is.")
    } else if (value.kind.endsWith("List") && Array.isArray(value.items)) {
      value.items.forEach((item: unknown, position) => {
        this.#object({ ...place, path: [...place.path, "items", position], value: item as Place["value"] })
      })
    } else this.#kind(value.kind, place)
  }

  #kind(kind: string, place: Place): void {
    if (workloadKinds.has(kind)) {
      this.#read(place, workloadShape, (read) => this.#workload(kind, read, place))
      return
    }
    switch (kind) {
      case "Namespace":
        this.#read(place, cluster.namespaceShape, ({ metadata }) => {
          this.#namespace(metadata.name ?? "", metadata.labels)
        })
        break
      case "PriorityClass":
        this.#read(place, cluster.priorityClassShape, (one) => {
          this.#priorities.set(one.metadata.name ?? "", {
            value: one.value ?? 0,
            preempts: one.preemptionPolicy !== "Never",
            isDefault: one.globalDefault ?? false
          })
        })
        break
      case "Service":
        this.#read(place, cluster.serviceShape, ({ metadata, spec }) => {
          if (spec?.selector !== undefined && spec.selector.size > 0)
            this.#services.push({ namespace: metadata.namespace ?? "default", selector: spec.selector })
        })
        break
      case "Node":
        this.#read(place, nodeShape, (one) => this.#nodes.push(readNode(one)))
        break
      case "Pod":
        this.#read(place, cluster.podShape, ({ metadata, spec, status }) => {
          if (status?.phase === "Succeeded" || status?.phase === "Failed") return
          this.#drafts.push({
            place,
            made: { name: metadata.name ?? "", metadata, spec, startTimeMs: status?.startTime }
          })
        })
        break
      default:
        this.#storage(kind, place)
    }
  }

  #storage(kind: string, place: Place): void {
    switch (kind) {
      case "PodDisruptionBudget":
        this.#read(place, cluster.budgetShape, ({ metadata, spec, status }) => {
          this.#budgets.push({
            namespace: metadata.namespace ?? "default",
            selector: readSelector(spec?.selector),
            disruptionsAllowed: status?.disruptionsAllowed ?? 0,
            disruptedPods: new Set(status?.disruptedPods?.keys() ?? [])
          })
        })
        break
      case "PersistentVolume":
        this.#read(place, cluster.volumeShape, ({ metadata, spec }) => {
          this.#volumes.push({
            name: metadata.name ?? "",
            labels: metadata.labels ?? new Map(),
            nodeTerms: readNodeTerms(spec?.nodeAffinity?.required)
          })
        })
        break
      case "PersistentVolumeClaim":
        this.#read(place, cluster.claimShape, ({ metadata, spec }) => {
          this.#claims.push({
            namespace: metadata.namespace ?? "default",
            name: metadata.name ?? "",
            volumeName: spec?.volumeName || undefined,
            waitsForPod: false,
            className: spec?.storageClassName
          })
        })
        break
      case "StorageClass":
        this.#read(place, cluster.storageClassShape, (one) => {
          if (one.volumeBindingMode !== "WaitForFirstConsumer") return
          this.#waitingClasses.add(one.metadata.name ?? "")
          if (one.provisioner !== "kubernetes.io/no-provisioner") return
          const remedy = "Bind the claims to volumes by name."
          fault(this.#at(place, "provisioner"), "matching claims with volumes that exist is not modelled", remedy)
        })
        break
      default:
        if (!this.#ignoreUnknown)
          fault(
            this.#at(place, "kind"),
            `the kind "${kind}" is not modelled`,
            "Remove the object, or ask to ignore what is unknown."
          )
    }
  }

  #read<
    T extends { readonly metadata: { readonly name?: string | undefined; readonly namespace?: string | undefined } }
  >(place: Place, shape: Shape<T>, take: (read: T) => void): void {
    const read = shape(place.value, this.#at(place))
    if (read === undefined) return
    const name = read.metadata.name ?? ""
    if (name === "") {
      fault(this.#at(place, "metadata"), 'the field "name" is missing', "Give the object a name.")
      return
    }
    const key = `${String(place.value.kind)}/${read.metadata.namespace ?? ""}/${name}`
    if (this.#names.has(key)) {
      fault(this.#at(place, "metadata", "name"), `${key} is given twice`, "Remove one of the two.")
      return
    }
    this.#names.add(key)
    take(read)
  }

  #workload(kind: string, read: Read<typeof workloadShape>, place: Place): void {
    const labels = read.spec.template.metadata?.labels ?? new Map<string, string>()
    this.#controllers.push({
      kind: kind === "Deployment" ? "ReplicaSet" : kind,
      namespace: read.metadata.namespace ?? "default",
      name: read.metadata.name ?? "",
      selector: readSelector(read.spec.selector ?? { matchLabels: labels })
    })
    this.#workloads.push({ kind, read, place, at: this.#drafts.length })
  }

  #pods(): ReadonlyArray<KubePod> {
    const pods: Array<KubePod> = []
    const build = ({ made, place }: Draft): void => {
      const priority = priorityClassOf(made.spec, this.#priorities)
      if (priority === undefined) {
        fault(
          this.#at(place, "spec", "priorityClassName"),
          `there is no priority class "${made.spec.priorityClassName}"`,
          "Add the PriorityClass, or correct the name."
        )
        return
      }
      pods.push({
        name: made.name,
        class: this.#classes.intern(readPodClass(made.metadata, made.spec, priority)),
        nodeName: made.spec.nodeName || undefined,
        startTimeMs: made.startTimeMs
      })
    }
    let next = 0
    for (const { kind, read, at, place } of this.#workloads) {
      for (; next < at; next++) build(this.#drafts[next] as Draft)
      const existing = this.#drafts.map(({ made }) => made)
      for (const made of expandWorkload(kind, read, existing, this.#workloads, this.#nodes)) build({ made, place })
    }
    for (; next < this.#drafts.length; next++) build(this.#drafts[next] as Draft)
    return pods
  }
}
