import type { Manifest } from "./ComputeOptions.ts"

const isManifest = (value: unknown): value is Manifest =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** One manifest laid over another: what the upper one names wins, lists are replaced as a whole. */
export const override = (below: Manifest, above: Manifest): Manifest =>
  Object.fromEntries(
    [...new Set([...Object.keys(below), ...Object.keys(above)])].map((key) => {
      const [under, over] = [below[key], above[key]]
      if (over === undefined) return [key, under]
      return [key, isManifest(under) && isManifest(over) ? override(under, over) : over]
    })
  )
