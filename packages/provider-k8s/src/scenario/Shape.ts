type Fields = Readonly<Record<string, unknown>>

/** Which fields are kept: a field as it is, a field of which parts are kept, or a list of such. */
export type Shape = { readonly [key: string]: true | Shape | readonly [Shape] }

const isFields = (part: unknown): part is Fields => typeof part === "object" && part !== null && !Array.isArray(part)

const keptPart = (part: unknown, shape: true | Shape | readonly [Shape]): unknown => {
  if (shape === true) return part
  if (Array.isArray(shape)) return Array.isArray(part) ? part.map((item) => kept(item, shape[0])) : undefined
  return isFields(part) ? kept(part, shape as Shape) : undefined
}

/** Of a thing, only what its shape names. What nobody thought of is left out, and with it what nobody should see. */
export const kept = (thing: unknown, shape: Shape): Fields =>
  Object.fromEntries(
    Object.entries(shape).flatMap(([key, inner]) => {
      const part = isFields(thing) ? keptPart(thing[key], inner) : undefined
      return part === undefined ? [] : [[key, part]]
    })
  )
