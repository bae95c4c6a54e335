import { metadataShape, selectorShape } from "./metadata.ts"
import { podSpecShape, podStatusShape, tolerationShape } from "./pod.ts"
import { flag, list, mapOf, oneOf, quantity, record, type Shape, text, whole } from "./shape.ts"

const head = ["apiVersion", "kind"]
const anything: Shape<unknown> = (value) => value

/** A namespace: its labels count. */
export const namespaceShape = record(
  { metadata: metadataShape },
  { required: ["metadata"], inert: [...head, "spec", "status"] }
)

/** A priority class. */
export const priorityClassShape = record(
  {
    metadata: metadataShape,
    value: whole(-2147483648, 2147483647),
    globalDefault: flag,
    preemptionPolicy: oneOf("Never", "PreemptLowerPriority")
  },
  { required: ["metadata"], inert: [...head, "description"] }
)

/** A service: default spreading looks at its selector. */
export const serviceShape = record(
  { metadata: metadataShape, spec: record({ selector: mapOf(text) }, { inert: serviceInert() }) },
  { required: ["metadata"], inert: [...head, "status"] }
)

function serviceInert(): ReadonlyArray<string> {
  return [
    "allocateLoadBalancerNodePorts",
    "clusterIP",
    "clusterIPs",
    "externalIPs",
    "externalName",
    "externalTrafficPolicy",
    "healthCheckNodePort",
    "internalTrafficPolicy",
    "ipFamilies",
    "ipFamily",
    "ipFamilyPolicy",
    "loadBalancerClass",
    "loadBalancerIP",
    "loadBalancerSourceRanges",
    "ports",
    "publishNotReadyAddresses",
    "sessionAffinity",
    "sessionAffinityConfig",
    "topologyKeys",
    "trafficDistribution",
    "type"
  ]
}

/** A single pod. */
export const podShape = record(
  { metadata: metadataShape, spec: podSpecShape, status: podStatusShape },
  { required: ["metadata", "spec"], inert: head }
)

/** A disruption budget; its status says how many pods it lets go. */
export const budgetShape = record(
  {
    metadata: metadataShape,
    spec: record(
      { selector: selectorShape, minAvailable: anything, maxUnavailable: anything },
      { inert: ["unhealthyPodEvictionPolicy"] }
    ),
    status: record(
      { disruptionsAllowed: whole(0, 2147483647), disruptedPods: mapOf(anything) },
      { inert: ["conditions", "currentHealthy", "desiredHealthy", "expectedPods", "observedGeneration"] }
    )
  },
  { required: ["metadata"], inert: head }
)

/** What a runtime adds to the pods that name it. */
export const runtimeClassShape = record(
  {
    metadata: metadataShape,
    overhead: record({ podFixed: mapOf(quantity) }),
    scheduling: record({ nodeSelector: mapOf(text), tolerations: list(tolerationShape) })
  },
  { required: ["metadata"], inert: [...head, "handler"] }
)

/** What containers of a namespace ask for where they do not say. */
export const limitRangeShape = record(
  {
    metadata: metadataShape,
    spec: record({
      limits: list(
        record(
          {
            type: text,
            default: mapOf(quantity),
            defaultRequest: mapOf(quantity),
            min: mapOf(quantity),
            max: mapOf(quantity)
          },
          { required: ["type"], inert: ["maxLimitRequestRatio"] }
        )
      )
    })
  },
  { required: ["metadata"], inert: head }
)
