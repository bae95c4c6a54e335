import { csvRecords } from "./csvRecords.ts"

/** A CSV text and the name to call it by in problems. */
export interface CsvFile {
  readonly file: string
  readonly text: string
}

/** One thing that is wrong in an input: where it is, what stands there, and what may. */
export interface InputProblem {
  readonly file: string
  /** 1 is the header; 0 is the input as a whole. */
  readonly line: number
  readonly column: string
  readonly found: string
  readonly allowed: string
}

/** One row, by column name. */
export interface CsvRow {
  readonly line: number
  readonly text: (column: string) => string
  /** A whole number from `min` to `max`; notes a problem and gives NaN for anything else. */
  readonly integer: (column: string, min: number, max: number) => number
  readonly problem: (column: string, allowed: string) => void
}

/** A problem as one line: `pods.csv:12: cpu_milli: found "x", allowed: a whole number from 0 to 9`. */
export const printProblem = ({ file, line, column, found, allowed }: InputProblem): string =>
  `${file}${line > 0 ? `:${line}` : ""}: ${column}: found ${JSON.stringify(found)}, allowed: ${allowed}`

/** Reads CSV with a header. Columns may come in any order; those not asked for are left alone. */
export const readCsv = <A>(
  { file, text }: CsvFile,
  required: ReadonlyArray<string>,
  readRow: (row: CsvRow) => A
): { readonly rows: ReadonlyArray<A>; readonly problems: ReadonlyArray<InputProblem> } => {
  const [head, ...records] = csvRecords(text)
  const header = head?.cells ?? []
  const problems: Array<InputProblem> = headerProblems(file, header, required)
  if (problems.length > 0) return { rows: [], problems }
  const rows: Array<A> = []
  for (const { cells, isOpen, line } of records) {
    if (!isOpen && cells.length === header.length) rows.push(readRow(rowOf(file, line, header, cells, problems)))
    else {
      const found = isOpen ? "a quote that is never closed" : `${cells.length} cells`
      problems.push({ file, line, column: "(row)", found, allowed: `${header.length} cells, as in the header` })
    }
  }
  if (rows.length === 0 && problems.length === 0) {
    problems.push({ file, line: 0, column: "(rows)", found: "none", allowed: "at least one row under the header" })
  }
  return { rows, problems }
}

const headerProblems = (file: string, header: ReadonlyArray<string>, required: ReadonlyArray<string>) =>
  required.flatMap((column) => {
    const count = header.filter((name) => name === column).length
    const found = count === 0 ? header.join(",") : column
    const allowed = "a header that names this column once"
    return count === 1 ? [] : [{ file, line: 1, column, found, allowed }]
  })

const rowOf = (
  file: string,
  line: number,
  header: ReadonlyArray<string>,
  cells: ReadonlyArray<string>,
  problems: Array<InputProblem>
): CsvRow => {
  const text = (column: string) => cells[header.indexOf(column)] ?? ""
  const problem = (column: string, allowed: string) => {
    problems.push({ file, line, column, found: text(column), allowed })
  }
  return {
    line,
    text,
    problem,
    integer: (column, min, max) => {
      const found = text(column)
      const value = Number(found)
      // Tables that were kept as floats write 500 as 500.0.
      if (/^-?\d+(\.0*)?$/.test(found) && value >= min && value <= max) return value
      problem(column, `a whole number from ${min} to ${max}`)
      return Number.NaN
    }
  }
}
