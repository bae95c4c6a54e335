import type { Labels } from "@orrery/core"
import { Console, Effect } from "effect"
import { inFileWords } from "./fileWords.ts"
import { printJson, printYaml } from "./printDocument.ts"
import { alignedLines, table, widthsOf } from "./table.ts"

/** How results are printed. */
export const formats = ["table", "wide", "json", "yaml", "name", "csv"] as const
export type Format = (typeof formats)[number]

/** One column; wide ones are shown by `-o wide` only. */
export interface Column<Item> {
  readonly title: string
  readonly of: (item: Item, nowMs: number) => string
  readonly wide?: boolean
}

/** One thing to print: its name, its cells, and all of it. */
export interface Row {
  readonly name: string
  readonly namespace?: string
  readonly cells: ReadonlyArray<string>
  readonly document: unknown
  /** What it can be selected by; absent where nothing of its kind has labels. */
  readonly labels?: Labels
}

/** What is printed of one kind of thing. */
export interface View {
  readonly singular: string
  readonly plural: string
  readonly titles: ReadonlyArray<{ readonly title: string; readonly wide: boolean }>
  /** The things as files that ask for the very same, with what was seen of them; absent where no file asks for such things. */
  readonly asFiles?: (documents: ReadonlyArray<unknown>) => Effect.Effect<ReadonlyArray<unknown>>
}

const shown = ({ titles }: View, cells: ReadonlyArray<string>, format: Format): ReadonlyArray<string> =>
  cells.filter((_, column) => format === "wide" || titles[column]?.wide !== true)

const rowLines = (view: View, rows: ReadonlyArray<Row>, format: Format): string =>
  table(shown(view, titlesOf(view), format), rowCells(view, rows, format))

const titlesOf = ({ titles }: View): ReadonlyArray<string> => titles.map(({ title }) => title)

const rowCells = (view: View, rows: ReadonlyArray<Row>, format: Format) =>
  rows.map(({ cells }) => shown(view, cells, format))

const csvLine = (cells: ReadonlyArray<string>): string =>
  cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")

/** What programs read: files where files can ask for such things, else what was seen. */
const documentsOf = ({ asFiles }: View, rows: ReadonlyArray<Row>, single: boolean) => {
  const seen = rows.map(({ document }) => document)
  return asFiles === undefined ? Effect.succeed([single ? inFileWords(seen[0]) : seen.map(inFileWords)]) : asFiles(seen)
}

const printDocuments = (documents: ReadonlyArray<unknown>, format: "json" | "yaml") =>
  format === "yaml" ? printYaml(documents) : printJson(documents.length === 1 ? documents[0] : documents)

/** Prints things as they change, under one line of titles; YAML as a stream of documents. Columns only grow. */
export const changePrinter = (view: View, format: Format) => {
  let isFirst = true
  let widths: ReadonlyArray<number> = []
  return (row: Row): Effect.Effect<void> =>
    Effect.suspend(() => {
      const begins = isFirst
      isFirst = false
      if (format === "yaml" && !begins) return Effect.andThen(Console.log("---"), printRows(view, [row], format, true))
      if (format === "csv" && !begins) return Console.log(csvLine(row.cells))
      if (format !== "table" && format !== "wide") return printRows(view, [row], format, true)
      const lines = [...(begins ? [shown(view, titlesOf(view), format)] : []), ...rowCells(view, [row], format)]
      widths = widthsOf(lines, widths)
      return Console.log(alignedLines(lines, widths))
    })
}

/** All of one kind that was found. */
export interface Group {
  readonly view: View
  readonly rows: ReadonlyArray<Row>
}

/** The same row with its kind before its name, as several kinds stand below one another. */
const withKind = ({ singular, titles }: View, { cells, ...row }: Row): Row => ({
  ...row,
  cells: cells.map((cell, column) => (titles[column]?.title === "NAME" ? `${singular}/${cell}` : cell))
})

/** Prints several kinds, one after the other. */
export const printGroups = Effect.fnUntraced(function* (groups: ReadonlyArray<Group>, format: Format) {
  if (format === "json" || format === "yaml") {
    const documents = yield* Effect.forEach(groups, ({ rows, view }) => documentsOf(view, rows, false))
    return yield* printDocuments(documents.flat(), format)
  }
  const found = groups.filter(({ rows }) => rows.length > 0)
  if (found.length === 0) return yield* Console.error("nothing found")
  for (const [index, { rows, view }] of found.entries()) {
    if (index > 0 && format !== "name") yield* Console.log("")
    const named = format === "name" || found.length === 1 ? rows : rows.map((row) => withKind(view, row))
    yield* printRows(view, named, format, false)
  }
})

/** Prints a list, or the only one that was asked for. */
export const printRows = Effect.fnUntraced(function* (
  view: View,
  rows: ReadonlyArray<Row>,
  format: Format,
  single: boolean
) {
  switch (format) {
    case "json":
    case "yaml":
      return yield* printDocuments(yield* documentsOf(view, rows, single), format)
    case "name":
      return yield* Effect.forEach(rows, ({ name }) => Console.log(`${view.singular}/${name}`), { discard: true })
    case "csv":
      return yield* Console.log(
        [view.titles.map(({ title }) => title.toLowerCase()), ...rows.map(({ cells }) => cells)].map(csvLine).join("\n")
      )
    default:
      return yield* rows.length === 0
        ? Console.error(`no ${view.plural} found`)
        : Console.log(rowLines(view, rows, format))
  }
})
