/** One record of a CSV text: its cells without their quotes, and the line it begins on. */
export interface CsvRecord {
  readonly line: number
  readonly cells: ReadonlyArray<string>
  /** A quote in it was opened and never closed. */
  readonly isOpen: boolean
}

/** A cell in quotes, closed or not; a comma; the end of a line; anything else. */
const parts = /"(?:[^"]|"")*"?|,|\r?\n|[^",\r\n]+|\r/g
const isClosed = (quoted: string): boolean => /^"(?:[^"]|"")*"$/.test(quoted)

/**
 * Splits CSV as RFC 4180 has it: a cell in quotes may hold commas, line ends and doubled quotes. Lines may end either way, a
 * byte order mark is dropped, blank lines are left out, and so are blanks around a cell.
 */
export const csvRecords = (text: string): ReadonlyArray<CsvRecord> => {
  const records: Array<CsvRecord> = []
  let cells: Array<string> = []
  let cell = ""
  let isOpen = false
  let line = 1
  let beganAt = 1
  const end = (): void => {
    cells.push(cell.trim())
    if (cells.length > 1 || cells[0] !== "") records.push({ line: beganAt, cells, isOpen })
    cells = []
    cell = ""
    isOpen = false
  }
  for (const [part] of text.replace(/^\uFEFF/, "").matchAll(parts)) {
    if (part.endsWith("\n") && !part.startsWith('"')) {
      end()
      line += 1
      beganAt = line
    } else if (part === ",") {
      cells.push(cell.trim())
      cell = ""
    } else if (part.startsWith('"')) {
      isOpen ||= !isClosed(part)
      cell += part.slice(1, isClosed(part) ? -1 : undefined).replaceAll('""', '"')
      line += part.split("\n").length - 1
    } else cell += part
  }
  end()
  return records
}
