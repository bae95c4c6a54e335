import type { WireObject } from "./wire.ts"

/** Our name as an owner of fields. */
export const fieldManager = "orrery"

/** A part of a manifest with fields. */
export type Fields = Readonly<Record<string, unknown>>

/** Whether a part of a manifest has fields: it is neither a list nor a plain value. */
export const isFields = (part: unknown): part is Fields =>
  typeof part === "object" && part !== null && !Array.isArray(part)

/** A set of fields as `managedFields` writes it: `f:` a field, `k:` an item by its keys, `v:` an item by its value. */
export type FieldSet = { readonly [key: string]: FieldSet }

/** A thing that says which field is whose. */
export interface Managed extends WireObject {
  readonly metadata?: WireObject["metadata"] & {
    readonly managedFields?: ReadonlyArray<{
      readonly manager?: string
      readonly operation?: string
      readonly subresource?: string
      readonly fieldsV1?: FieldSet
    }>
  }
}

const holds = (fields: FieldSet | undefined, path: ReadonlyArray<string>): boolean => {
  const [first, ...rest] = path
  if (first === undefined) return true
  const inner = fields?.[`f:${first}`]
  return inner !== undefined && holds(inner, rest)
}

/** Who owns a field beside our own applied set; our own scaling is among them, under our own name. */
export const otherOwnersOf = ({ metadata }: Managed, path: ReadonlyArray<string>): ReadonlyArray<string> =>
  (metadata?.managedFields ?? [])
    .filter(({ manager, operation, subresource = "" }) =>
      manager === fieldManager ? operation !== "Apply" || subresource !== "" : true
    )
    .filter(({ fieldsV1 }) => holds(fieldsV1, path))
    .map(({ manager = "" }) => manager)
