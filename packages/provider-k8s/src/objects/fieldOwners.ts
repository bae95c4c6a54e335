/** Our name as an owner of fields. */
export const fieldManager = "orrery"

/** A thing that says which field is whose. */
export interface Managed {
  readonly metadata?: {
    readonly managedFields?: ReadonlyArray<{
      readonly manager?: string
      readonly operation?: string
      readonly subresource?: string
      readonly fieldsV1?: object
    }>
  }
}

const holds = (fields: unknown, path: ReadonlyArray<string>): boolean => {
  const [first, ...rest] = path
  if (first === undefined) return true
  const inner = (fields as Readonly<Record<string, unknown>> | undefined)?.[`f:${first}`]
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
