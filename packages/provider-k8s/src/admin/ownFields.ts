import { fieldManager } from "../objects/fieldOwners.ts"
import type { WireObject } from "../objects/wire.ts"

type Fields = Readonly<Record<string, unknown>>
/** A set of fields as `managedFields` writes it: `f:` a field, `k:` an item by its keys, `v:` an item by its value. */
type FieldSet = { readonly [key: string]: FieldSet }

interface Managed extends WireObject {
  readonly metadata?: WireObject["metadata"] & {
    readonly managedFields?: ReadonlyArray<{
      readonly manager?: string
      readonly subresource?: string
      readonly fieldsV1?: object
    }>
  }
}

const isFields = (part: unknown): part is Fields => typeof part === "object" && part !== null && !Array.isArray(part)

const matches = (item: unknown, keys: Fields): boolean =>
  isFields(item) && Object.entries(keys).every(([key, value]) => item[key] === value)

/** Of several sets, what any of them names. */
const union = (sets: ReadonlyArray<FieldSet>): FieldSet => {
  const names = [...new Set(sets.flatMap((set) => Object.keys(set)))]
  return Object.fromEntries(names.map((name) => [name, union(sets.flatMap((set) => set[name] ?? []))]))
}

const partOf = (part: unknown, owned: FieldSet): unknown => {
  const names = Object.keys(owned).filter((name) => name !== ".")
  if (names.length === 0) return part
  if (Array.isArray(part))
    return names.flatMap((name) => {
      const said: unknown = JSON.parse(name.slice(2))
      const found = part.find((item) => (name.startsWith("k:") ? matches(item, said as Fields) : item === said))
      return found === undefined ? [] : [partOf(found, owned[name] ?? {})]
    })
  return Object.fromEntries(
    names.flatMap((name) => {
      const inner = isFields(part) ? part[name.slice(2)] : undefined
      return inner === undefined ? [] : [[name.slice(2), partOf(inner, owned[name] ?? {})]]
    })
  )
}

/** Of a stored thing, the fields that we set and nobody else did: what has to be said to make it anew. */
export const ownFields = (thing: Managed): Fields => {
  const sets = (thing.metadata?.managedFields ?? [])
    .filter(({ manager, subresource = "" }) => manager === fieldManager && subresource !== "status")
    .map(({ fieldsV1 }) => fieldsV1 as FieldSet)
  const own = partOf(thing, union(sets))
  return sets.length > 0 && isFields(own) ? own : {}
}
