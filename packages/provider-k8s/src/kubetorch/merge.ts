import { isObject, type Json, type JsonObject } from "./Json.ts"

/** Lays `over` on `under`: objects join key by key, everything else (lists too) is replaced by what `over` says. */
export const merge = (under: JsonObject, over: JsonObject): JsonObject => {
  const joined = Object.entries(over).flatMap(([key, value]): ReadonlyArray<readonly [string, Json]> => {
    if (value === undefined) return []
    const before = Object.hasOwn(under, key) ? under[key] : undefined
    return [[key, isObject(before) && isObject(value) ? merge(before, value) : value]]
  })
  return { ...under, ...Object.fromEntries(joined) }
}
