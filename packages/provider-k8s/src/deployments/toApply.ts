import { type FieldSet, type Fields, fieldManager, isFields, type Managed } from "../objects/fieldOwners.ts"

/** Any part of a manifest. */
type Part = unknown

/** The fields that our own applying set; undefined where we have applied nothing. */
export const appliedFields = ({ metadata }: Managed): FieldSet | undefined =>
  metadata?.managedFields?.find(
    ({ manager, operation, subresource = "" }) =>
      manager === fieldManager && operation === "Apply" && subresource === ""
  )?.fieldsV1

/** Lists whose items are known by some of their fields: each item has owners of its own. All others are one value. */
const itemKeys: Readonly<Record<string, ReadonlyArray<string>>> = {
  containers: ["name"],
  initContainers: ["name"],
  volumes: ["name"],
  env: ["name"],
  ports: ["containerPort", "protocol"],
  volumeMounts: ["mountPath"],
  topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"]
}

/** Objects that have one owner as a whole. */
const wholes = new Set([
  "selector",
  "nodeSelector",
  "labelSelector",
  "secretKeyRef",
  "requiredDuringSchedulingIgnoredDuringExecution"
])

// both come out of the same translation, so equal values are written equally
const same = (a: Part, b: Part): boolean => JSON.stringify(a) === JSON.stringify(b)

const keysOf = (item: Part, keys: ReadonlyArray<string>): Fields =>
  Object.fromEntries(keys.flatMap((key) => (isFields(item) && key in item ? [[key, item[key]]] : [])))

const ownedItem = (owned: FieldSet | undefined, keys: Fields): FieldSet | undefined =>
  Object.entries(owned ?? {}).find(
    ([name]) => name.startsWith("k:") && Object.entries(keys).every(([key, value]) => saysKey(name, key, value))
  )?.[1]

const saysKey = (name: string, key: string, value: Part): boolean =>
  (JSON.parse(name.slice(2)) as Fields)[key] === value

const ofItems = (
  wanted: ReadonlyArray<Part>,
  read: Part,
  owned: FieldSet | undefined,
  names: ReadonlyArray<string>
): Part => {
  const items = wanted.flatMap((item) => {
    const keys = keysOf(item, names)
    const before = (Array.isArray(read) ? read : []).find((other) => same(keysOf(other, names), keys))
    if (before === undefined) return [item]
    const own = ownedItem(owned, keys)
    const rest = ofFields(item as Fields, before, own)
    return own === undefined && Object.keys(rest).every((key) => names.includes(key)) ? [] : [{ ...rest, ...keys }]
  })
  return items.length === 0 ? undefined : items
}

const ofFields = (wanted: Fields, read: Part, owned: FieldSet | undefined): Fields =>
  Object.fromEntries(
    Object.entries(wanted).flatMap(([key, part]) => {
      const kept = ofPart(key, part, isFields(read) ? read[key] : undefined, owned?.[`f:${key}`])
      return kept === undefined ? [] : [[key, kept]]
    })
  )

const ofPart = (key: string, wanted: Part, read: Part, owned: FieldSet | undefined): Part => {
  const names = itemKeys[key]
  if (names !== undefined && Array.isArray(wanted)) return ofItems(wanted, read, owned, names)
  const divided = isFields(wanted) && Object.keys(wanted).length > 0 && !wholes.has(key)
  if (!divided) return owned !== undefined || !same(wanted, read) ? wanted : undefined
  const kept = ofFields(wanted, read, owned)
  return Object.keys(kept).length === 0 ? undefined : kept
}

/**
 * Of what is wanted, the part to apply: fields that our applying set before, and those that are to change. `read` is what
 * is there in the same words. A value that is there already and is not ours stays with whoever set it: applying it too
 * would make us its owner beside them, and keep it when they take it back.
 */
export const toApply = <A extends object>(wanted: A, read: A, owned: object | undefined): object => ({
  ...ofFields(wanted as Fields, read, owned as FieldSet | undefined),
  ...identityOf(wanted as Fields)
})

const identityOf = ({ apiVersion, kind, metadata }: Fields): Fields => {
  const { labels, name, namespace } = metadata as Fields
  return { apiVersion, kind, metadata: { name, namespace, labels } }
}
