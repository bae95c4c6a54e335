import { type FieldSet, type Fields, fieldManager, isFields, type Managed } from "../objects/fieldOwners.ts"

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
    .map(({ fieldsV1 = {} }) => fieldsV1)
  const own = partOf(thing, union(sets))
  return sets.length > 0 && isFields(own) ? own : {}
}
