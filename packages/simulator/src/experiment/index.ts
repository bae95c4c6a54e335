export { type CsvFile, type InputProblem, printProblem } from "./csv.ts"
export type { FgdRow } from "./fgd/Bins.ts"
export { type FgdPolicyName, fgdPolicyNames } from "./fgd/policyName.ts"
export { printFgdCsv } from "./fgd/printFgdCsv.ts"
export {
  type FgdExperiment,
  type FgdOutcome,
  runFgdExperiment
} from "./fgd/runFgdExperiment.ts"
