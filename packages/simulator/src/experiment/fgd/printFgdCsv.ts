import type { FgdRow } from "./Bins.ts"

/** The rows as CSV, numbers as the published files write them (a whole number ends in `.0`). */
export const printFgdCsv = (rows: ReadonlyArray<FgdRow>): string =>
  [
    "bin,alloc,frag,frag_ratio",
    ...rows.map(({ bin, alloc, frag, fragRatio }) => [bin, ...[alloc, frag, fragRatio].map(decimal)].join(",")),
    ""
  ].join("\n")

const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))
