import type { Schema } from "effect"

/** The annotation that names the key under which a list field may be written as its only item. */
export const oneKey = "orrery/oneKey"

/** Lets a file give a list field as one item under another key: `instance_type: c5.xlarge` for `instance_types: [c5.xlarge]`. */
export const orOne = <S extends Schema.Top>(key: string, schema: S): S["Rebuild"] =>
  schema.annotateKey({ [oneKey]: key })
