import type { KubePod } from "../model.ts"
import type { Cluster, PodSource } from "./Cluster.ts"
import { runsDaemon, withDaemonTolerations } from "./daemons.ts"
import type { Faults, Place } from "./Faults.ts"
import { namespaceOf } from "./metadata.ts"
import { withOwnClaims } from "./ownClaims.ts"
import { PodClasses } from "./PodClasses.ts"
import { type PodSpec, priorityClassOf, readPodClass } from "./pod.ts"
import type { AskedPod } from "./Quotas.ts"
import { fault } from "./shape.ts"
import { claimName, type Made, missingDaemons, missingPods, Owned } from "./sources.ts"
import type { Workload } from "./workload.ts"

/** Makes the pods of a cluster from those given and those that controllers add, in the order of the documents. */
export class PodMaker {
  readonly classes = new PodClasses()
  readonly #cluster: Cluster
  readonly #faults: Faults
  readonly #pods: Owned<Made>
  readonly #workloads: Owned<Workload>

  constructor(cluster: Cluster, faults: Faults) {
    this.#cluster = cluster
    this.#faults = faults
    this.#pods = new Owned(cluster.podSources.flatMap(({ pod }) => pod ?? []))
    this.#workloads = new Owned(cluster.podSources.flatMap(({ workload }) => workload ?? []))
  }

  /** All pods. */
  pods(): ReadonlyArray<KubePod> {
    const wanted = this.#cluster.podSources.flatMap((source) => this.#podsOf(source))
    for (const { made, spec } of wanted) if (isThere(made)) this.#cluster.quotas.charge(asked(made, spec))
    return wanted.map((one) => this.#pod(one))
  }

  #podsOf({ place, pod, workload }: PodSource): ReadonlyArray<Wanted> {
    if (pod !== undefined) {
      const known = this.#known(pod, place, "spec")
      return known === undefined ? [] : [this.#wanted(pod, known, place)]
    }
    const template: Made = {
      name: "",
      metadata: this.#templateMetadata(workload),
      spec: workload.spec.template.spec
    }
    const known = this.#known(template, place, "spec", "template", "spec")
    if (known === undefined) return []
    const made =
      workload.kind === "DaemonSet"
        ? this.#daemons(workload, template, known)
        : missingPods(workload, this.#pods, this.#workloads)
    for (const { name } of made) this.#claim(workload, name)
    return made.map((one) => this.#wanted(one, known, place))
  }

  #templateMetadata({ metadata, spec }: Workload): Made["metadata"] {
    return { ...spec.template.metadata, namespace: metadata.namespace }
  }

  #daemons(workload: Workload, template: Made, priority: Priority): ReadonlyArray<Made> {
    const spec = withDaemonTolerations(template.spec)
    const podClass = readPodClass(template.metadata, this.#admitted({ ...template, spec }), priority)
    const nodes = this.#cluster.nodes.filter((node) => runsDaemon(podClass, spec, node))
    return missingDaemons(workload, this.#pods, spec, nodes)
  }

  /** Each pod of a stateful set claims volumes of its own, unless it did so before. */
  #claim({ metadata, spec }: Workload, pod: string): void {
    const { storage } = this.#cluster
    for (const template of spec.volumeClaimTemplates ?? []) {
      const name = claimName(template.metadata, pod)
      const namespace = namespaceOf(metadata)
      if (storage.metadataOf(namespace, name) !== undefined) continue
      storage.addClaim({ metadata: { ...template.metadata, name, namespace }, spec: template.spec })
    }
  }

  /** The specification with the claims of its own made, unless they are there; somebody else's are not taken. */
  #withOwnClaims(made: Made, place: Place): PodSpec {
    const { claims, spec } = withOwnClaims(made)
    const { storage } = this.#cluster
    for (const claim of claims) {
      const found = storage.metadataOf(namespaceOf(claim.metadata), claim.metadata.name ?? "")
      const owner = found?.ownerReferences?.find((one) => one.controller === true)
      if (found === undefined) storage.addClaim(claim)
      else if (owner !== undefined && (owner.kind !== "Pod" || owner.name !== made.name))
        fault(
          this.#faults.at(place, "metadata", "name"),
          `the claim "${found.name}" that the pod would make is there already, and belongs to ${owner.kind} "${owner.name}"`,
          "Rename the pod or its volume, or remove the claim."
        )
    }
    return spec
  }

  /** The priority of a pod, where all that it names is known. */
  #known({ spec }: Made, place: Place, ...path: ReadonlyArray<string>): Priority | undefined {
    const priority = priorityClassOf(spec, this.#cluster.priorities)
    if (priority === undefined)
      fault(
        this.#faults.at(place, ...path, "priorityClassName"),
        `there is no priority class "${spec.priorityClassName}"`,
        "Add the PriorityClass, or correct the name."
      )
    if (this.#cluster.admission.knowsRuntime(spec)) return priority
    return fault(
      this.#faults.at(place, ...path, "runtimeClassName"),
      `there is no runtime class "${spec.runtimeClassName}"`,
      "Add the RuntimeClass, or correct the name."
    )
  }

  #admitted({ metadata, spec }: Made): PodSpec {
    return this.#cluster.admission.admitted(spec, namespaceOf(metadata))
  }

  #wanted(made: Made, priority: Priority, place: Place): Wanted {
    return { made, priority, spec: this.#admitted({ ...made, spec: this.#withOwnClaims(made, place) }) }
  }

  #pod({ made, priority, spec }: Wanted): KubePod {
    const forbidden = isThere(made) ? undefined : this.#cluster.quotas.refusal(asked(made, spec))
    return {
      name: made.name,
      class: this.classes.intern(readPodClass(made.metadata, spec, priority)),
      nodeName: made.spec.nodeName || undefined,
      startTimeMs: made.status?.startTime,
      ...(made.status?.nominatedNodeName ? { nominatedNodeName: made.status.nominatedNodeName } : {}),
      ...(isPreempted(made) ? { isPreempted: true } : {}),
      ...(forbidden === undefined ? {} : { forbidden })
    }
  }
}

type Priority = NonNullable<ReturnType<typeof priorityClassOf>>

/** A pod that is given or to be made, and its specification as the API server stores it. */
interface Wanted {
  readonly made: Made
  readonly priority: Priority
  readonly spec: PodSpec
}

/** Whether the API server let the pod in before. */
const isThere = ({ metadata, spec }: Made): boolean => metadata.uid !== undefined || Boolean(spec.nodeName)

/** Whether a pod is leaving because another was to have its place. */
const isPreempted = ({ metadata, status }: Made): boolean => {
  const target = status?.conditions?.find((one) => one.type === "DisruptionTarget")
  return (
    metadata.deletionTimestamp !== undefined && target?.status === "True" && target.reason === "PreemptionByScheduler"
  )
}

const asked = ({ metadata, name }: Made, spec: PodSpec): AskedPod => ({ name, namespace: namespaceOf(metadata), spec })
