import { computeFileJsonSchema } from "@orrery/core"
import { SimulationSpec } from "@orrery/simulator"
import { printJson } from "../output/printDocument.ts"

/** Prints the JSON Schema of the files. */
export const printSchema = printJson(computeFileJsonSchema({ simulation: SimulationSpec }))
