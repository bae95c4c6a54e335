import { computeFileJsonSchema } from "@orrery/core"
import { fleetReportJsonSchema, SimulationSpec } from "@orrery/simulator"
import { printJson } from "../output/printDocument.ts"

/** Prints the JSON Schema of the files that people write, or of the report that `simulate` prints. */
export const printSchema = (of: "file" | "report") =>
  printJson(of === "file" ? computeFileJsonSchema({ simulation: SimulationSpec }) : fleetReportJsonSchema())
