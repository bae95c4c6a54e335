import type { Labels, Requirement, Selector } from "./selector.ts"

/** What a taint does to pods that do not tolerate it. */
export type TaintEffect = "NoSchedule" | "PreferNoSchedule" | "NoExecute"

/** A mark on a node that keeps pods away. */
export interface Taint {
  readonly key: string
  readonly value: string
  readonly effect: TaintEffect
}

/** A pod's leave to run beside a taint; an empty effect or key stands for all of them. */
export interface Toleration {
  readonly key: string
  readonly operator: "Equal" | "Exists"
  readonly value: string
  readonly effect: TaintEffect | ""
}

/** Amounts of the resources the scheduler counts: whole milli-cores, bytes, and units of the named ones. */
export interface Amounts {
  readonly cpuMilli: number
  readonly memoryBytes: number
  readonly ephemeralBytes: number
  readonly scalars: ReadonlyMap<string, number>
}

/** A node as the scheduler sees it. */
export interface KubeNode {
  readonly name: string
  readonly labels: Labels
  readonly taints: ReadonlyArray<Taint>
  readonly unschedulable: boolean
  readonly allocatable: Amounts
  readonly podsMax: number
  readonly images: ReadonlyArray<{ readonly names: ReadonlyArray<string>; readonly sizeBytes: number }>
}

/** Labels and the name of a node, each with its conditions; a term without any selects nothing. */
export interface NodeTerm {
  readonly labels: ReadonlyArray<Requirement>
  readonly fields: ReadonlyArray<Requirement>
}

/** A node term that adds its weight to the score. */
export interface WeightedNodeTerm extends NodeTerm {
  readonly weight: number
}

/** Which pods a pod wants near or far, and what near means. */
export interface PodTerm {
  readonly topologyKey: string
  readonly selector: Selector
  readonly namespaces: ReadonlyArray<string>
  readonly namespaceSelector: Selector
  readonly weight: number
}

/** How evenly matching pods must spread over the values of a node label. */
export interface SpreadConstraint {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly hard: boolean
  readonly selector: Selector
  readonly minDomains: number
  readonly honorAffinity: boolean
  readonly honorTaints: boolean
}

/** A port of the node that a pod takes. */
export interface HostPort {
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

/** The controller a pod belongs to, where the scheduler spreads its pods. */
export interface Owner {
  readonly kind: string
  readonly name: string
}

/** All of a pod that placement depends on, its name aside: equal pods share one. */
export interface PodClass {
  readonly id: number
  readonly namespace: string
  readonly labels: Labels
  readonly request: Amounts
  /** Requests where a container that asks for nothing counts as a small one. */
  readonly nonZeroCpuMilli: number
  readonly nonZeroMemoryBytes: number
  /** The same as NodeResourcesFit scores them: of the incoming pod, the real one overlooks what is asked for as a whole. */
  readonly scoredCpuMilli: number
  readonly scoredMemoryBytes: number
  readonly nodeSelector: ReadonlyArray<Requirement> | undefined
  readonly nodeTerms: ReadonlyArray<NodeTerm> | undefined
  readonly preferredNodeTerms: ReadonlyArray<WeightedNodeTerm> | undefined
  readonly tolerations: ReadonlyArray<Toleration>
  readonly affinity: ReadonlyArray<PodTerm>
  readonly antiAffinity: ReadonlyArray<PodTerm>
  readonly preferredAffinity: ReadonlyArray<PodTerm>
  readonly preferredAntiAffinity: ReadonlyArray<PodTerm>
  readonly spread: ReadonlyArray<SpreadConstraint>
  readonly owner: Owner | undefined
  readonly images: ReadonlyArray<string>
  readonly containerCount: number
  readonly hostPorts: ReadonlyArray<HostPort>
  readonly claims: ReadonlyArray<string>
  readonly priority: number
  readonly preempts: boolean
  readonly terminating: boolean
  readonly gated: boolean
  readonly schedulerName: string
}

/** One pod: its name, and the class it shares with all pods like it. */
export interface KubePod {
  readonly name: string
  readonly class: PodClass
  /** Where it already runs. */
  readonly nodeName: string | undefined
  readonly startTimeMs: number | undefined
  /** The node on which others make room for it. */
  readonly nominatedNodeName?: string
  /** Whether it is leaving to make room for another. */
  readonly isPreempted?: boolean
  /** Why the API server would not make it, in its words. */
  readonly forbidden?: string
}

/** The name that is unique in the cluster. */
export const podKey = (pod: KubePod): string => `${pod.class.namespace}/${pod.name}`

/** Pods that select a service's traffic; default spreading looks at them. */
export interface KubeService {
  readonly namespace: string
  readonly selector: Labels
}

/** A controller whose selector default spreading looks at. */
export interface KubeController {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly selector: Selector
}

/** How many pods of a set may be disrupted. */
export interface KubeBudget {
  readonly namespace: string
  readonly selector: Selector
  readonly disruptionsAllowed: number
  readonly disruptedPods: ReadonlySet<string>
}

/** A volume of the cluster and the nodes that reach it. */
export interface KubeVolume {
  readonly name: string
  readonly labels: Labels
  readonly nodeTerms: ReadonlyArray<NodeTerm> | undefined
  readonly className: string
  readonly sizeBytes: number
  readonly accessModes: ReadonlyArray<string>
  readonly mode: VolumeMode
  /** The claim it is kept for, as `namespace/name`. */
  readonly claim: string | undefined
  /** Whether a claim may be bound to it that it is not kept for. */
  readonly isAvailable: boolean
  /** What it is to the driver that attaches it; undefined where none does. */
  readonly source: VolumeSource | undefined
}

/** A volume as its driver knows it. */
export interface VolumeSource {
  readonly driver: string
  readonly handle: string
  /** Whether the volume is of a kind that was built in once, before its driver took over. */
  readonly isMoved: boolean
}

/** Whether a volume is mounted or used as a device. */
export type VolumeMode = "Filesystem" | "Block"

/** That a volume is attached to a node, and by whom: it counts as that driver's. */
export interface VolumeAttachment {
  readonly node: string
  readonly volume: string
  readonly attacher: string
}

/** A pod's claim on a volume. */
export interface KubeClaim {
  readonly namespace: string
  readonly name: string
  readonly volumeName: string | undefined
  readonly className: string
  readonly sizeBytes: number
  readonly accessModes: ReadonlyArray<string>
  readonly mode: VolumeMode
  /** Which volumes it may be bound to; undefined: any. */
  readonly selector: Selector
  /** An unbound claim either waits for its first pod or should have been bound at once. */
  readonly waitsForPod: boolean
  /** Who makes volumes for it; undefined where its class is not there. */
  readonly driver: string | undefined
  /** Whether a volume can be made for it, and on nodes with which labels: one of these must hold, if there are any. */
  readonly isProvisioned: boolean
  readonly topologies: ReadonlyArray<ReadonlyArray<Requirement>>
  /** The node for which its volume is being made. */
  readonly selectedNode: string | undefined
  readonly isLost: boolean
  readonly isLeaving: boolean
}

/** A cluster read from documents, in their order. */
export interface KubeObjects {
  /** Every pod class, at the place its number says. */
  readonly classes: ReadonlyArray<PodClass>
  readonly namespaces: ReadonlyMap<string, Labels>
  readonly nodes: ReadonlyArray<KubeNode>
  readonly pods: ReadonlyArray<KubePod>
  readonly services: ReadonlyArray<KubeService>
  readonly controllers: ReadonlyArray<KubeController>
  readonly budgets: ReadonlyArray<KubeBudget>
  readonly volumes: ReadonlyArray<KubeVolume>
  readonly claims: ReadonlyArray<KubeClaim>
  /** How many volumes of each driver a node may have attached, by the node's name. */
  readonly attachLimits: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Volumes that are attached to nodes. */
  readonly attachments: ReadonlyArray<VolumeAttachment>
}
