import type { Schema } from "effect"

/** The annotation that names a field's key in files where it differs from the field's own name in snake_case. */
export const fileKey = "orrery/fileKey"

/** Gives a field its key in files: `cpuMilli` is written `cpu`, as the unit belongs to the number and not to the reader. */
export const inFile = <S extends Schema.Top>(key: string, schema: S): S["Rebuild"] =>
  schema.annotateKey({ [fileKey]: key })
