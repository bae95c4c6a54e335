import { Console, Effect } from "effect"
import { inFileWords } from "./fileWords.ts"
import { printJson, printYaml } from "./printDocument.ts"
import { table } from "./table.ts"

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
  readonly cells: ReadonlyArray<string>
  readonly document: unknown
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
  table(
    shown(
      view,
      view.titles.map(({ title }) => title),
      format
    ),
    rows.map(({ cells }) => shown(view, cells, format))
  )

const csvLine = (cells: ReadonlyArray<string>): string =>
  cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")

/** What programs read: one document where one thing was asked for or one file can hold them all. */
const printDocuments = Effect.fnUntraced(function* (
  { asFiles }: View,
  rows: ReadonlyArray<Row>,
  format: "json" | "yaml",
  single: boolean
) {
  const seen = rows.map(({ document }) => document)
  const documents =
    asFiles === undefined ? [single ? inFileWords(seen[0]) : seen.map(inFileWords)] : yield* asFiles(seen)
  if (format === "yaml") return yield* printYaml(documents)
  return yield* printJson(documents.length === 1 ? documents[0] : documents)
})

/** Prints one thing after another as they change: titles once, and YAML as a stream of documents. */
export const printChange = (view: View, row: Row, format: Format, first: boolean): Effect.Effect<void> => {
  if (first || format === "json" || format === "name") return printRows(view, [row], format, true)
  if (format === "yaml") return Effect.andThen(Console.log("---"), printRows(view, [row], format, true))
  const text = format === "csv" ? csvLine(row.cells) : rowLines(view, [row], format).split("\n").at(-1)
  return Console.log(text)
}

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
      return yield* printDocuments(view, rows, format, single)
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
