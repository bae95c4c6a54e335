type Fields = Readonly<Record<string, unknown>>

const isData = (value: unknown): value is Fields => typeof value === "object" && value !== null

/** Whether two pieces of plain data say the same; a key that is missing and one that is undefined are the same. */
export const same = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (!isData(a) || !isData(b) || Array.isArray(a) !== Array.isArray(b)) return false
  for (const key in a) if (!same(a[key], b[key])) return false
  for (const key in b) if (!(key in a) && b[key] !== undefined) return false
  return true
}
