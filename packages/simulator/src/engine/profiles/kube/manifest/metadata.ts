import type { Requirement, Selector } from "../selector.ts"
import { selectorOfLabels } from "../selector.ts"
import { flag, list, mapOf, oneOf, type Read, record, text, time } from "./shape.ts"

/** The metadata of any object; what placement never looks at is allowed and ignored. */
export const metadataShape = record(
  {
    name: text,
    /** Given by the API server to what it keeps. */
    uid: text,
    generateName: text,
    namespace: text,
    labels: mapOf(text),
    annotations: mapOf(text),
    deletionTimestamp: time,
    ownerReferences: list(
      record(
        { apiVersion: text, kind: text, name: text, controller: flag },
        { required: ["kind", "name"], inert: ["uid", "blockOwnerDeletion"] }
      )
    )
  },
  {
    inert: [
      "creationTimestamp",
      "deletionGracePeriodSeconds",
      "finalizers",
      "generation",
      "managedFields",
      "resourceVersion",
      "selfLink"
    ]
  }
)

/** Metadata as read. */
export type Metadata = Read<typeof metadataShape>

/** The namespace of an object that lives in one. */
export const namespaceOf = ({ namespace }: Metadata): string => namespace ?? "default"

const requirementShape = record(
  { key: text, operator: oneOf("In", "NotIn", "Exists", "DoesNotExist"), values: list(text) },
  { required: ["key", "operator"] }
)

/** A label selector as written in manifests. */
export const selectorShape = record({ matchLabels: mapOf(text), matchExpressions: list(requirementShape) })

/** A selector's requirements; a missing selector selects nothing, an empty one everything. */
export const readSelector = (selector: Read<typeof selectorShape> | undefined): Selector => {
  if (selector === undefined) return undefined
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values }): Requirement => ({ key, operator, values: values ?? [] })
  )
  return [...selectorOfLabels(selector.matchLabels ?? new Map()), ...expressions]
}
