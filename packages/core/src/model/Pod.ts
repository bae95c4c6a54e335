import { Schema } from "effect"
import { atLeastOne } from "./atLeastOne.ts"
import { Container } from "./Container.ts"
import { DurationMs } from "./Duration.ts"
import { defaultTo } from "./defaultTo.ts"
import { distinct } from "./distinct.ts"
import { inFile } from "./inFile.ts"
import { Labels } from "./Labels.ts"
import { Name } from "./Name.ts"
import { NonEmptyText } from "./NonEmptyText.ts"
import { Bytes } from "./Quantity.ts"
import { LabelSelector, Requirement } from "./Requirement.ts"
import { none, plus, type Resources } from "./Resources.ts"
import { remembered } from "./remembered.ts"
import { Toleration } from "./Taint.ts"

/** Files a pod's containers share or are given: exactly one source. */
export const Volume = Schema.Struct({
  name: Name,
  configMap: Schema.optionalKey(NonEmptyText),
  secret: Schema.optionalKey(NonEmptyText),
  claim: Schema.optionalKey(NonEmptyText),
  hostPath: Schema.optionalKey(NonEmptyText),
  emptyDir: Schema.optionalKey(
    Schema.Struct({
      memory: Schema.Boolean.pipe(defaultTo(false)),
      sizeBytes: Schema.optionalKey(inFile("size", Bytes))
    })
  )
}).check(
  Schema.makeFilter(({ claim, configMap, emptyDir, hostPath, secret }) =>
    [claim, configMap, emptyDir, hostPath, secret].filter((source) => source !== undefined).length === 1
      ? undefined
      : "a volume needs exactly one of config_map, secret, claim, host_path and empty_dir"
  )
)
export type Volume = typeof Volume.Type

/** All of these must hold of a node. */
export const NodeSelectorTerm = Schema.Struct({ matchExpressions: Schema.Array(Requirement) })
export type NodeSelectorTerm = typeof NodeSelectorTerm.Type

/** Which pods, counted over which part of the cluster (`kubernetes.io/hostname` is one node). */
export const PodAffinityTerm = Schema.Struct({ topologyKey: NonEmptyText, labelSelector: LabelSelector })
export type PodAffinityTerm = typeof PodAffinityTerm.Type

const Weight = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))
const PodAffinity = Schema.Struct({
  required: Schema.Array(PodAffinityTerm).pipe(defaultTo([])),
  preferred: Schema.Array(Schema.Struct({ weight: Weight, term: PodAffinityTerm })).pipe(defaultTo([]))
})

/** Where a pod must or would rather be. */
export const Affinity = Schema.Struct({
  nodeAffinity: Schema.optionalKey(
    Schema.Struct({
      /** One of these terms must hold; none given, all nodes do. */
      required: Schema.Array(NodeSelectorTerm).pipe(defaultTo([])),
      preferred: Schema.Array(Schema.Struct({ weight: Weight, term: NodeSelectorTerm })).pipe(defaultTo([]))
    })
  ),
  podAffinity: Schema.optionalKey(PodAffinity),
  podAntiAffinity: Schema.optionalKey(PodAffinity)
})
export type Affinity = typeof Affinity.Type

/** How evenly pods are spread over the parts of a cluster that have the label: no part has more than `maxSkew` above the least. */
export const TopologySpread = Schema.Struct({
  topologyKey: NonEmptyText,
  labelSelector: LabelSelector,
  maxSkew: Schema.Int.check(Schema.isGreaterThan(0)).pipe(defaultTo(1)),
  /** Whether a pod waits rather than lie unevenly. */
  whenUnsatisfiable: Schema.Literals(["DoNotSchedule", "ScheduleAnyway"]).pipe(defaultTo("DoNotSchedule"))
})
export type TopologySpread = typeof TopologySpread.Type

/** As whom all of a pod's containers work on its volumes. */
export const PodSecurityContext = Schema.Struct({ fsGroup: Schema.optionalKey(Schema.Natural) })

/** What runs together on one node. */
export const PodSpec = Schema.Struct({
  containers: Schema.Array(Container).check(atLeastOne("container"), distinct("container")),
  initContainers: Schema.Array(Container).check(distinct("init container")).pipe(defaultTo([])),
  /** Started one after the other before the init containers, and run beside the containers for as long as those do. */
  sidecars: Schema.optionalKey(Schema.Array(Container).check(distinct("sidecar"))),
  volumes: Schema.Array(Volume).check(distinct("volume")).pipe(defaultTo([])),
  nodeSelector: Labels.pipe(defaultTo({})),
  affinity: Schema.optionalKey(Affinity),
  topologySpread: Schema.optionalKey(Schema.Array(TopologySpread)),
  tolerations: Schema.Array(Toleration).pipe(defaultTo([])),
  securityContext: Schema.optionalKey(PodSecurityContext),
  priority: Schema.Int.pipe(defaultTo(0)),
  priorityClass: Schema.optionalKey(NonEmptyText),
  serviceAccount: Schema.optionalKey(NonEmptyText),
  terminationGraceMs: inFile("termination_grace_period", DurationMs.pipe(defaultTo("30s")))
})
export type PodSpec = typeof PodSpec.Type

/** What pods made from this are labelled with, and what they run. */
export const PodTemplate = Schema.Struct({
  labels: Labels.pipe(defaultTo({})),
  annotations: Schema.Record(Schema.String, Schema.String).pipe(defaultTo({})),
  spec: PodSpec
})
export type PodTemplate = typeof PodTemplate.Type

const sumOf = (containers: ReadonlyArray<Container>): Resources =>
  containers.reduce((sum, container) => plus(sum, container.resources.requests), none)

/** What a pod asks of its node: its containers and sidecars together, or its hungriest init container beside the sidecars. */
export const requestOf: (spec: PodSpec) => Resources = remembered(({ containers, initContainers, sidecars = [] }) => {
  const beside = sumOf(sidecars)
  return initContainers
    .map(({ resources }) => plus(beside, resources.requests))
    .reduce(
      (most, begun) => ({
        cpuMilli: Math.max(most.cpuMilli, begun.cpuMilli),
        memoryBytes: Math.max(most.memoryBytes, begun.memoryBytes),
        gpuMilli: Math.max(most.gpuMilli, begun.gpuMilli)
      }),
      plus(beside, sumOf(containers))
    )
})
