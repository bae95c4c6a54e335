/** What a manifest is made of. */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | JsonObject
/** A JSON object. A key whose value is undefined is not there. */
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** Where in a manifest something is: keys, and positions in lists. */
export type Path = ReadonlyArray<string | number>

/** Whether a value is an object, and neither a list nor null. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What is at `path`; undefined where any part of the way is missing. */
export const at = (value: Json | undefined, path: Path): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => {
    if (typeof key === "number") return Array.isArray(inner) ? (inner as ReadonlyArray<Json>)[key] : undefined
    return isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined
  }, value)

/** The object at `path`, or an empty one. */
export const objectAt = (value: Json | undefined, path: Path): JsonObject => {
  const found = at(value, path)
  return isObject(found) ? found : {}
}

/** The list at `path`, or an empty one. */
export const listAt = (value: Json | undefined, path: Path): ReadonlyArray<Json> => {
  const found = at(value, path)
  return Array.isArray(found) ? (found as ReadonlyArray<Json>) : []
}

/** The text at `path`; a number is taken for its digits, as YAML gives numbers where it can. */
export const textAt = (value: Json | undefined, path: Path): string | undefined => {
  const found = at(value, path)
  return typeof found === "string" || typeof found === "number" ? String(found) : undefined
}

/** The same value with `change` applied to what is at `path`; unchanged where the path leads nowhere. */
export const changedAt = (value: Json, path: Path, change: (inner: Json) => Json): Json => {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  const inner = at(value, [key])
  if (inner === undefined) return value
  const changed = changedAt(inner, rest, change)
  if (Array.isArray(value)) return (value as ReadonlyArray<Json>).map((item, index) => (index === key ? changed : item))
  return isObject(value) ? { ...value, [key]: changed } : value
}
