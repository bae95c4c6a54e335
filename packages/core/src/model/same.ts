type Fields = Readonly<Record<string, unknown>>

const isData = (value: unknown): value is Fields => typeof value === "object" && value !== null

/** What data says under a key: nothing that every object inherits, such as `valueOf`. */
const at = (data: Fields, key: string): unknown => (Object.hasOwn(data, key) ? data[key] : undefined)

/** Whether two pieces of plain data say the same; a key that is missing and one that is undefined are the same. */
export const same = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (!isData(a) || !isData(b) || Array.isArray(a) !== Array.isArray(b)) return false
  for (const key in a) if (!same(at(a, key), at(b, key))) return false
  for (const key in b) if (!Object.hasOwn(a, key) && b[key] !== undefined) return false
  return true
}
