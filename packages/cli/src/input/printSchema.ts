import { computeFileJsonSchema } from "@orrery/core"
import { printJson } from "../output/printDocument.ts"

/** Prints the JSON Schema of the files. */
export const printSchema = printJson(computeFileJsonSchema())
