import type { KubeObjects } from "../model.ts"
import type { Problem, Source } from "../problem.ts"
import type { Profile } from "../profile.ts"
import { Cluster } from "./Cluster.ts"
import { readDocuments } from "./documents.ts"
import { Faults, type Place } from "./Faults.ts"
import { type Kind, kinds } from "./kinds.ts"
import { isIdle, whyRefused } from "./otherKinds.ts"
import { PodMaker } from "./PodMaker.ts"
import { fault } from "./shape.ts"

/** How documents are read. */
export interface ReadOptions {
  /** Skip kinds and fields that are not modelled, rather than refuse them. */
  readonly ignoreUnknown?: boolean
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const groupOf = (apiVersion: unknown): string | undefined => {
  if (typeof apiVersion !== "string") return undefined
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : ""
}

/** Reads all sources into one cluster; problems are found all at once. */
export class Reader {
  readonly problems: Array<Problem> = []
  readonly #cluster = new Cluster()
  readonly #faults: Faults
  readonly #names = new Set<string>()
  readonly #ignoreUnknown: boolean
  #generated = 0

  constructor(options: ReadOptions) {
    this.#ignoreUnknown = options.ignoreUnknown ?? false
    this.#faults = new Faults(this.#ignoreUnknown)
  }

  /** Takes in one text. */
  add(source: Source): void {
    for (const { index, value } of readDocuments(source, this.problems))
      this.#object({ source, index, path: [], value: value as Place["value"] })
  }

  /** The schedulers, where a source configures them. */
  get profiles(): ReadonlyArray<Profile> | undefined {
    return this.#cluster.profiles
  }

  /** Makes the cluster; only meaningful where no problem was found. */
  finish(): KubeObjects {
    const cluster = this.#cluster
    const maker = new PodMaker(cluster, this.#faults)
    const pods = maker.pods()
    for (const problem of this.#faults.problems()) this.problems.push(problem)
    for (const { class: one } of pods) cluster.addNamespace(one.namespace)
    return {
      classes: maker.classes.all,
      namespaces: cluster.namespaces,
      nodes: cluster.nodes,
      pods,
      services: cluster.services,
      controllers: cluster.controllers,
      budgets: cluster.budgets,
      volumes: cluster.storage.volumes,
      claims: cluster.storage.claims(),
      attachLimits: cluster.storage.attachLimits,
      attachments: cluster.storage.attachments
    }
  }

  #object(place: Place): void {
    const { value } = place
    if (!isRecord(value)) {
      fault(
        this.#faults.at(place),
        "a document must be a Kubernetes object",
        "Write an object with apiVersion and kind."
      )
    } else if (typeof value.kind !== "string") {
      fault(this.#faults.at(place), 'the field "kind" is missing', "Say which kind of object this is.")
    } else if (value.kind.endsWith("List") && Array.isArray(value.items)) this.#list(place, value.kind, value.items)
    else this.#known(value.kind, place)
  }

  /** The items of a list of one kind may leave out what they are. */
  #list(place: Place, kind: string, items: ReadonlyArray<unknown>): void {
    const of = kind === "List" ? {} : { kind: kind.slice(0, -"List".length), apiVersion: place.value.apiVersion }
    items.forEach((item, position) => {
      const value = isRecord(item) ? { ...of, ...item } : (item as Place["value"])
      this.#object({ ...place, path: [...place.path, "items", position], value })
    })
  }

  #known(name: string, place: Place): void {
    const kind = kinds.get(name)
    const group = groupOf(place.value.apiVersion)
    if (kind !== undefined && (group === undefined || group === kind.group)) {
      this.#read(name, kind, place)
      return
    }
    if (this.#ignoreUnknown || isIdle(group, name)) return
    const whose = kind === undefined ? "" : ` of "${place.value.apiVersion}"`
    const why = whyRefused.get(name)
    const remedy = "Remove the object, or ask to ignore what is unknown."
    const message = `the kind "${name}"${whose} is not modelled${why === undefined ? "" : `: ${why}`}`
    fault(this.#faults.at(place, "kind"), message, remedy)
  }

  #read(name: string, kind: Kind, place: Place): void {
    const named = kind.isNamed ? this.#named(place) : place
    if (named === undefined) return
    const { metadata } = named.value
    const { name: own, namespace = "default" } = isRecord(metadata) ? metadata : {}
    const key = kind.isNamed ? `${name} ${kind.isNamespaced ? `${namespace}/` : ""}${own}` : name
    if (this.#names.has(key)) {
      const at = kind.isNamed ? this.#faults.at(place, "metadata", "name") : this.#faults.at(place, "kind")
      fault(at, `the ${key} is given twice`, "Remove one of the two.")
      return
    }
    this.#names.add(key)
    kind.read(this.#cluster, named, this.#faults.at(place))
  }

  /** The object with the name that it was given or is to be given. */
  #named(place: Place): Place | undefined {
    const { metadata } = place.value
    if (!isRecord(metadata)) return place
    if (typeof metadata.name === "string" ? metadata.name !== "" : metadata.name !== undefined) return place
    if (typeof metadata.generateName === "string" && metadata.generateName !== "") {
      const name = `${metadata.generateName}${this.#generated++}`
      return { ...place, value: { ...place.value, metadata: { ...metadata, name } } }
    }
    fault(this.#faults.at(place, "metadata"), 'the field "name" is missing', "Give the object a name.")
    return undefined
  }
}
