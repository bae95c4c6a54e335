import type { KubeBudget, KubeController, KubeNode, KubeService } from "../model.ts"
import type { Profile } from "../profile.ts"
import type { Labels } from "../selector.ts"
import { Admission } from "./Admission.ts"
import type { Place } from "./Faults.ts"
import type { PriorityClass } from "./pod.ts"
import { Quotas } from "./Quotas.ts"
import { Storage } from "./Storage.ts"
import type { Made } from "./sources.ts"
import type { Workload } from "./workload.ts"

/** A pod that is given, or what makes pods, in the order of the documents. */
export type PodSource =
  | { readonly place: Place; readonly pod: Made; readonly workload?: never }
  | { readonly place: Place; readonly workload: Workload; readonly pod?: never }

/** All objects read so far. */
export class Cluster {
  readonly nodes: Array<KubeNode> = []
  readonly podSources: Array<PodSource> = []
  readonly services: Array<KubeService> = []
  readonly controllers: Array<KubeController> = []
  readonly budgets: Array<KubeBudget> = []
  readonly storage = new Storage()
  readonly admission = new Admission()
  readonly quotas = new Quotas()
  readonly priorities = new Map<string, PriorityClass>()
  readonly namespaces = new Map<string, Labels>()
  /** The schedulers, where their configuration is among the objects. */
  profiles: ReadonlyArray<Profile> | undefined

  /** Every namespace carries its name as a label; one that is only mentioned has nothing else. */
  addNamespace(name: string, labels?: Labels): void {
    if (labels === undefined && this.namespaces.has(name)) return
    this.namespaces.set(name, new Map([...(labels ?? []), ["kubernetes.io/metadata.name", name]]))
  }
}
