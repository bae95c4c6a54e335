export { type CsvFile, type InputProblem, printProblem } from "./csv.ts"
export type { FgdRow } from "./fgd/Bins.ts"
export { printFgdCsv } from "./fgd/printFgdCsv.ts"
export {
  type FgdExperiment,
  type FgdOutcome,
  type FgdPolicyName,
  fgdPolicyNames,
  runFgdExperiment
} from "./fgd/runFgdExperiment.ts"
